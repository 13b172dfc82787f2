import type { FlowRun } from '../../api/flow-runs.ts';

/** Milliseconds that a run took, or has taken until now; null when it has not started. */
export function lengthOf({ start_time, end_time }: Pick<FlowRun, 'start_time' | 'end_time'>, now = Date.now()): number | null {
  if (!start_time) return null;
  return Math.max(0, (end_time ? Date.parse(end_time) : now) - Date.parse(start_time));
}

/** The value below which so much of all are: 0.5 is the middle one. Undefined of none. */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
