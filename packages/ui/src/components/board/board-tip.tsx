import { besidePointer } from '../../graph/beside-pointer.ts';
import type { PlacedBar } from '../../graph/board-layout.ts';
import { count, span } from '../../lib/format.ts';
import styles from './board-tip.module.css';

const WORDS = {
  running: 'runs',
  completed: 'completed',
  failed: 'failed',
  crashed: 'crashed',
  cancelled: 'cancelled',
  lost: 'lost with its process, and queued again',
  retry: 'failed, and tried again',
  paused: 'paused',
} as const;

interface BoardTipProps {
  readonly bar: PlacedBar;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** What a bar stands for, beside the pointer. */
export function BoardTip({ bar: { run, attempt, start, end }, x, y, width }: BoardTipProps) {
  const waited = start - Date.parse(attempt.queued);
  return (
    <div className={styles['tip']} style={{ transform: besidePointer(x, y, width) }} role="tooltip">
      <strong>{run.table ?? run.flow_name}</strong> <span className="quiet">{run.name}</span>
      <div>
        {WORDS[attempt.outcome]}
        {attempt.number > 1 && ` · attempt ${attempt.number}`} · {span(end - start)} on {attempt.worker ?? 'no worker'}
      </div>
      {waited >= 100 && <div className="quiet">{span(waited)} in the queue before</div>}
      {run.rows && <div className="quiet">{count(run.rows.done)} rows</div>}
      {attempt.message && attempt.outcome !== 'completed' && <div className={styles['said']}>{attempt.message}</div>}
    </div>
  );
}
