import { Link } from '@tanstack/react-router';
import type { FlowRun } from '../../api/flow-runs.ts';
import { span } from '../../lib/format.ts';
import { lookOf, wordOf } from '../../lib/states.ts';
import styles from './duration-chart.module.css';
import { lengthOf, quantile } from './length-of.ts';

interface DurationChartProps {
  /** From the left to the right. */
  readonly runs: readonly FlowRun[];
  readonly height?: number;
}

/** How long runs took, a bar for each with the colour of its state; lines for the middle one and for the slowest 5 %. */
export function DurationChart({ runs, height = 110 }: DurationChartProps) {
  const lengths = runs.map((run) => lengthOf(run));
  const ended = runs.flatMap((run, index) => (run.state_type === 'COMPLETED' ? [lengths[index] ?? 0] : []));
  const longest = Math.max(1, ...lengths.map((length) => length ?? 0));
  const share = (length: number) => `${(length / longest) * 100}%`;
  return (
    <div className={styles['chart']} style={{ height }}>
      {(
        [
          ['p50', 0.5],
          ['p95', 0.95],
        ] as const
      ).map(([name, part]) => {
        const length = ended.length > 2 ? quantile(ended, part) : undefined;
        if (length === undefined) return null;
        return (
          <span key={name} className={styles['line']} data-part={name} style={{ bottom: share(length) }}>
            {name} {span(length)}
          </span>
        );
      })}
      <div className={styles['bars']}>
        {runs.map((run, index) => (
          <Bar key={run.id} run={run} height={share(lengths[index] ?? 0)} length={lengths[index] ?? null} />
        ))}
      </div>
    </div>
  );
}

function Bar({ run, height, length }: { readonly run: FlowRun; readonly height: string; readonly length: number | null }) {
  const words = `${run.name}: ${wordOf(run)}${length === null ? '' : `, ${span(length)}`}`;
  return (
    <Link
      to="/runs/$id"
      params={{ id: run.id }}
      className={styles['bar']}
      data-tone={lookOf(run).tone}
      data-hollow={length === null}
      title={words}
      aria-label={words}
    >
      <span style={{ height }} />
    </Link>
  );
}
