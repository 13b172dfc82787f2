import { isFinal } from '@sluice/core/model/state-type';
import type { FlowRun } from '../../api/flow-runs.ts';

export interface Bar {
  readonly run: FlowRun;
  readonly start: number;
  readonly end: number;
  /** Runs at one time are below each other. */
  readonly line: number;
}

export interface Lane {
  readonly from: number;
  readonly until: number;
  readonly lines: number;
  readonly bars: readonly Bar[];
}

/** Where each run stands on a line of time; undefined when none has started. */
export function laneOf(runs: readonly FlowRun[], now: number): Lane | undefined {
  const ends: number[] = [];
  const bars = newestStretch(runs.flatMap((run) => spanOf(run, now)))
    .toSorted((a, b) => a.start - b.start)
    .map(({ run, start, end }) => {
      const free = ends.findIndex((last) => last <= start);
      const line = free < 0 ? ends.length : free;
      ends[line] = end;
      return { run, start, end, line };
    });
  const [first] = bars;
  if (!first) return undefined;
  return { from: first.start, until: Math.max(first.start + 1, ...ends), lines: ends.length, bars };
}

interface Span {
  readonly run: FlowRun;
  readonly start: number;
  readonly end: number;
}

function spanOf(run: FlowRun, now: number): Span[] {
  if (!run.start_time) return [];
  const start = Date.parse(run.start_time);
  return [{ run, start, end: Math.max(start, run.end_time && isFinal(run.state_type) ? Date.parse(run.end_time) : now) }];
}

/** A pause of this much, and of more than all that came after it, is not drawn: what was before it would leave no room for the rest. */
const LONG_PAUSE_MS = 60_000;

/** What ran last, back to the first long pause. */
function newestStretch(spans: readonly Span[]): readonly Span[] {
  const newestFirst = spans.toSorted((a, b) => b.end - a.end);
  const until = newestFirst[0]?.end ?? 0;
  let from = until;
  const count = newestFirst.findIndex(({ start, end }) => {
    const pause = from - end;
    if (pause > LONG_PAUSE_MS && pause > until - from) return true;
    from = Math.min(from, start);
    return false;
  });
  return count < 0 ? newestFirst : newestFirst.slice(0, count);
}
