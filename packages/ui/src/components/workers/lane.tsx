import { Link } from '@tanstack/react-router';
import type { FlowRun } from '../../api/flow-runs.ts';
import { span, timeText } from '../../lib/format.ts';
import { useNow } from '../../lib/now.ts';
import { lookOf, wordOf } from '../../lib/states.ts';
import { whatOf } from '../flow-runs/what-of.ts';
import styles from './lane.module.css';
import { laneOf } from './lane-of.ts';

const LANE_HEIGHT = 26;
/** A bar that is narrower has no room for its name. */
const NAMED_SHARE = 0.06;

/** What a worker ran, over time: a line for each run that it had at once. */
export function Lane({ runs }: { readonly runs: readonly FlowRun[] }) {
  const lane = laneOf(runs, useNow());
  if (!lane) return null;
  const { from, until, lines, bars } = lane;
  const share = (ms: number) => `${(ms / (until - from)) * 100}%`;
  return (
    <figure className={styles['lane']} aria-label="What it ran">
      <div className={styles['field']} style={{ height: lines * LANE_HEIGHT }}>
        {bars.map(({ run, start, end, line }) => {
          const what = whatOf(run) || run.name;
          const words = `${run.name} ${whatOf(run)}: ${wordOf(run)}, ${span(end - start)}`;
          return (
            <Link
              key={run.id}
              to="/runs/$id"
              params={{ id: run.id }}
              className={styles['bar']}
              data-tone={lookOf(run).tone}
              style={{ left: share(start - from), width: share(end - start), top: line * LANE_HEIGHT }}
              title={words}
              aria-label={words}
            >
              {(end - start) / (until - from) > NAMED_SHARE && what}
            </Link>
          );
        })}
      </div>
      <figcaption>
        <span>{timeText(from, 'local').slice(0, 19)}</span>
        <span>{span(until - from)}</span>
        <span>{timeText(until, 'local').slice(0, 19)}</span>
      </figcaption>
    </figure>
  );
}
