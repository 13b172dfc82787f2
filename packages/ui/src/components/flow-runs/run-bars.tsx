import { Link } from '@tanstack/react-router';
import type { FlowRun } from '../../api/flow-runs.ts';
import { span } from '../../lib/format.ts';
import { lookOf, wordOf } from '../../lib/states.ts';
import { lengthOf } from './length-of.ts';
import styles from './run-bars.module.css';

interface RunBarsProps {
  /** The newest first. */
  readonly runs: readonly FlowRun[];
  readonly most?: number;
}

const LOWEST = 0.18;

/** The last runs as small bars, the newest at the right: colour by state, height by how long each took. */
export function RunBars({ runs, most = 16 }: RunBarsProps) {
  if (runs.length === 0) return <span className="quiet">–</span>;
  const shown = runs.slice(0, most).reverse();
  const longest = Math.max(1, ...shown.map((run) => lengthOf(run) ?? 0));
  return (
    <span className={styles['bars']}>
      {shown.map((run) => {
        const length = lengthOf(run);
        const words = `${run.name}: ${wordOf(run)}${length === null ? '' : `, ${span(length)}`}`;
        return (
          <Link
            key={run.id}
            to="/runs/$id"
            params={{ id: run.id }}
            className={styles['bar']}
            data-tone={lookOf(run).tone}
            data-hollow={length === null}
            title={words}
            aria-label={words}
            tabIndex={-1}
          >
            <span style={{ height: `${Math.max(LOWEST, (length ?? 0) / longest) * 100}%` }} />
          </Link>
        );
      })}
    </span>
  );
}
