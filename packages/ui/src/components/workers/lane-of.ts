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
  const bars = runs
    .flatMap((run) => (run.start_time ? [{ run, start: Date.parse(run.start_time) }] : []))
    .toSorted((a, b) => a.start - b.start)
    .map(({ run, start }) => {
      const ended = run.end_time && isFinal(run.state_type) ? Date.parse(run.end_time) : now;
      const end = Math.max(start, ended);
      const free = ends.findIndex((last) => last <= start);
      const line = free < 0 ? ends.length : free;
      ends[line] = end;
      return { run, start, end, line };
    });
  const [first] = bars;
  if (!first) return undefined;
  return { from: first.start, until: Math.max(first.start + 1, ...ends), lines: ends.length, bars };
}
