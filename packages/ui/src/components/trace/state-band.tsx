import { useQuery } from '@tanstack/react-query';
import { type FlowRun, flowRuns } from '../../api/flow-runs.ts';
import type { Span } from '../../graph/scale.ts';
import { span } from '../../lib/format.ts';
import { lookOf } from '../../lib/states.ts';
import { pieceOf } from './trace-bar.ts';
import styles from './trace-grid.module.css';

interface StateBandProps {
  readonly run: FlowRun;
  readonly axis: Span;
  readonly now: number;
}

/** The states of the run itself, on the axis of its trace. */
export function StateBand({ run, axis, now }: StateBandProps) {
  const states = useQuery(flowRuns.states(run.id)).data ?? [];
  return (
    <div className={styles['band']}>
      <div className={styles['name']}>
        <span className="quiet">States</span>
      </div>
      <div className={styles['track']}>
        {states.map((state, index) => {
          const from = Date.parse(state.timestamp);
          const next = states[index + 1];
          const to = next ? Date.parse(next.timestamp) : now;
          const { left, width } = pieceOf(from, Math.max(to, from), axis);
          if (left > 1 || to < axis.from) return null;
          return (
            <span
              key={state.id}
              className={styles['moment']}
              data-tone={lookOf({ state_type: state.type, state_name: state.name }).tone}
              style={{ left: `${left * 100}%`, width: next ? `${width * 100}%` : undefined }}
              title={next ? `${state.name}, ${span(to - from)}` : state.name}
            />
          );
        })}
      </div>
    </div>
  );
}
