import type { Log } from '../../api/logs.ts';

const isBefore = (one: Log, other: Log) => one.timestamp < other.timestamp || (one.timestamp === other.timestamp && one.id < other.id);

/** Two stretches as one, by time and id, each line once. The first array comes back when the second brings nothing. */
export function joinLines(earlier: readonly Log[], later: readonly Log[]): readonly Log[] {
  if (later.length === 0) return earlier;
  if (earlier.length === 0) return later;
  const [first] = later;
  // Most of the first stretch is before all of the second.
  let from = earlier.length;
  while (from > 0 && first && !isBefore(earlier[from - 1] as Log, first)) from--;
  const rest = new Map([...earlier.slice(from), ...later].map((line) => [line.id, line]));
  const sorted = [...rest.values()].sort((one, other) => (isBefore(one, other) ? -1 : 1));
  if (sorted.length === earlier.length - from) return earlier;
  return [...earlier.slice(0, from), ...sorted];
}
