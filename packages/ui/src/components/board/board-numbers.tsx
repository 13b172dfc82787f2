import { rowsPerSecond, valueAt } from '@sluice/core/board/curves';
import { spanOf, summaryOf } from '@sluice/core/board/summary';
import type { BoardRun } from '@sluice/core/model/board';
import { isFinal } from '@sluice/core/model/state-type';
import { compact, count, span } from '../../lib/format.ts';
import { useNow } from '../../lib/now.ts';
import { Figures } from '../base/figures.tsx';

/** A board in numbers: one line that says how far it is. */
export function BoardNumbers({ runs, ahead }: { readonly runs: readonly BoardRun[]; readonly ahead: number }) {
  const now = useNow() + ahead;
  const summary = summaryOf(runs);
  const { from, to } = spanOf(runs, now);
  const goesOn = runs.some(({ state_type }) => !isFinal(state_type));
  const rate = goesOn ? valueAt(rowsPerSecond(runs, now), now) : summary.rows / Math.max(0.001, (to - from) / 1000);
  return (
    <Figures
      figures={[
        { label: 'done', value: `${summary.done} of ${summary.total}` },
        { label: 'running', value: count(summary.running), tone: summary.running > 0 ? 'running' : undefined },
        { label: 'queued', value: count(summary.queued), tone: summary.queued > 0 ? 'queued' : undefined },
        { label: 'failed', value: count(summary.failed), tone: summary.failed > 0 ? 'failed' : undefined },
        ...(summary.cancelled > 0 ? [{ label: 'cancelled', value: count(summary.cancelled), tone: 'cancelled' as const }] : []),
        { label: 'tried again', value: count(summary.retries), tone: summary.retries > 0 ? 'crashed' : undefined },
        ...(summary.rows > 0
          ? [
              { label: 'rows', value: compact(summary.rows) },
              { label: 'rows/s', value: compact(Math.round(rate)) },
            ]
          : []),
        { label: goesOn ? 'so far' : 'took', value: span(to - from) },
      ]}
    />
  );
}
