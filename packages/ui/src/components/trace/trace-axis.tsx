import type { Span } from '../../graph/scale.ts';
import { span } from '../../lib/format.ts';
import { pieceOf } from './trace-bar.ts';
import styles from './trace-grid.module.css';

interface TraceAxisProps {
  readonly axis: Span;
  /** Where the run started. */
  readonly origin: number;
  readonly ticks: readonly number[];
}

const text = (ms: number) => (ms === 0 ? '0' : ms < 0 ? `−${span(-ms)}` : span(ms));

/** Times over the bars, counted from the start of the run. */
export function TraceAxis({ axis, origin, ticks }: TraceAxisProps) {
  return (
    <div className={styles['axis']}>
      <div className={styles['name']}>Run and tasks</div>
      <div className={styles['track']}>
        {ticks.map((tick) => (
          <span key={tick} className={styles['tick']} style={{ left: `${pieceOf(tick, tick, axis).left * 100}%` }}>
            {text(tick - origin)}
          </span>
        ))}
      </div>
    </div>
  );
}
