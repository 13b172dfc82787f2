import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type LogFilter, logHistogram } from '../../api/logs.ts';
import { count } from '../../lib/format.ts';
import styles from './log-view.module.css';

interface LogCountProps {
  readonly filter: LogFilter;
  readonly since: string;
  /** Lines that came after they were counted. */
  readonly arrived: number;
}

/** How many lines a filter finds; `+` when there are more than are counted. */
export function LogCount({ filter, since, arrived }: LogCountProps) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: each filter counts up to the moment at which it was chosen
  const now = useMemo(() => new Date(Date.now() + 1000).toISOString(), [filter]);
  const { data } = useQuery(logHistogram(filter, filter.since ?? since, filter.until ?? now));
  if (!data) return null;
  const all = data.intervals.flatMap(({ levels }) => levels).reduce((sum, level) => sum + level.count, 0) + arrived;
  return (
    <output className={styles['count']} aria-label="Lines that match">
      {count(all)}
      {data.reached !== null && '+'} {all === 1 ? 'line' : 'lines'}
    </output>
  );
}
