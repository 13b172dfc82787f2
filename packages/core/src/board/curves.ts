import type { BoardLimit, BoardRun } from '../model/board.ts';

/** A value that holds from `at`, in milliseconds, until the next one. */
export interface Step {
  readonly at: number;
  readonly value: number;
}

/** The sum of what begins and ends, as steps. */
function sumOf(changes: readonly (readonly [at: number, by: number])[]): Step[] {
  const steps: { at: number; value: number }[] = [];
  let value = 0;
  for (const [at, by] of changes.toSorted((a, b) => a[0] - b[0])) {
    value += by;
    const last = steps.at(-1);
    if (last?.at === at) last.value = value;
    else steps.push({ at, value });
  }
  return steps;
}

/** How many runs stood in the queue. */
export function queueDepth(runs: readonly BoardRun[], now: number): Step[] {
  return sumOf(
    runs.flatMap(({ attempts, queued }) => [
      ...attempts.flatMap((attempt): [number, number][] => [
        [Date.parse(attempt.queued), 1],
        [Date.parse(attempt.claimed), -1],
      ]),
      ...(queued !== null && Date.parse(queued) <= now ? ([[Date.parse(queued), 1]] as [number, number][]) : []),
    ]),
  );
}

/** Slots of a limit in use. */
export const slotsInUse = ({ holds }: BoardLimit): Step[] =>
  sumOf(
    holds.flatMap(({ from, to }): [number, number][] =>
      to === null
        ? [[Date.parse(from), 1]]
        : [
            [Date.parse(from), 1],
            [Date.parse(to), -1],
          ],
    ),
  );

/** Rows a second, each run's spread evenly over the stay in which it read them. */
export function rowsPerSecond(runs: readonly BoardRun[], now: number): Step[] {
  return sumOf(
    runs.flatMap(({ rows, attempts }): [number, number][] => {
      const last = attempts.at(-1);
      if (!rows || !last?.start) return [];
      const [start, end] = [Date.parse(last.start), last.end === null ? now : Date.parse(last.end)];
      const rate = rows.done / Math.max(0.001, (end - start) / 1000);
      return last.end === null
        ? [[start, rate]]
        : [
            [start, rate],
            [end, -rate],
          ];
    }),
  ).map(({ at, value }) => ({ at, value: Math.max(0, value) })); // sums of fractions do not come back to nought exactly
}

/** The value of steps at a moment. */
export function valueAt(steps: readonly Step[], at: number): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle] as Step).at <= at) low = middle + 1;
    else high = middle;
  }
  return steps[low - 1]?.value ?? 0;
}
