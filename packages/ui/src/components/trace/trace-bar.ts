import { isFinal, type StateType } from '@sluice/core/model/state-type';
import type { Span } from '../../graph/scale.ts';
import { lookOf, type Tone } from '../../lib/states.ts';
import type { Timed, TraceNode } from './trace-tree.ts';

/** Milliseconds; what goes on ends now. */
export interface TraceTimes {
  /** Since when it was queued; null when it was not. */
  readonly queued: number | null;
  readonly start: number | null;
  readonly end: number;
}

/** Shorter waits are a step of a program, not a queue. */
const QUEUE_FROM_MS = 5;

export function timesOf({ expected_start_time: due, start_time, end_time, state_type }: Timed, now: number): TraceTimes | null {
  const start = start_time ? Date.parse(start_time) : null;
  const since = due ? Date.parse(due) : null;
  if (start === null && (since === null || since > now)) return null;
  const end = isFinal(state_type) && end_time ? Date.parse(end_time) : now;
  const queued = since !== null && (start ?? end) - since >= QUEUE_FROM_MS ? since : null;
  return { queued, start, end: Math.max(end, start ?? end) };
}

/** Where a bar stands on the axis, in shares of its width. */
export interface Piece {
  readonly left: number;
  readonly width: number;
}

export const pieceOf = (from: number, to: number, axis: Span): Piece => {
  const length = Math.max(1, axis.to - axis.from);
  const left = Math.max(0, (from - axis.from) / length);
  return { left, width: Math.max(0, Math.min(1, (to - axis.from) / length) - left) };
};

/** The wait before the first start takes at most this share of the picture: a run that was planned yesterday is not a dot today. */
const LONGEST_WAIT = 0.25;

/** The stretch of time that a run took, with the end of its wait. */
export function axisOf(root: Timed, now: number): Span {
  const times = timesOf(root, now);
  if (!times) return { from: now - 1000, to: now };
  const { queued, start, end } = times;
  const from = start ?? queued ?? end;
  const wait = queued === null ? 0 : Math.min(from - queued, ((end - from) * LONGEST_WAIT) / (1 - LONGEST_WAIT));
  const length = Math.max(end - from + wait, 10);
  return { from: from - wait, to: from - wait + length * 1.01 };
}

export interface Segment {
  readonly tone: Tone;
  readonly type: StateType | 'none';
  readonly count: number;
}

/** Many task runs as one bar: from the first start to the last end, in segments by state. */
export function manyOf({ children }: TraceNode, now: number): { readonly times: TraceTimes | null; readonly segments: readonly Segment[] } {
  const counts = new Map<string, Segment>();
  let [queued, start, end]: [number, number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
  for (const { of } of children) {
    if (!of) continue;
    const { tone } = lookOf(of);
    const known = counts.get(tone);
    counts.set(tone, { tone, type: of.state_type ?? 'none', count: (known?.count ?? 0) + 1 });
    const times = timesOf(of, now);
    if (!times) continue;
    if (times.queued !== null) queued = Math.min(queued, times.queued);
    if (times.start !== null) start = Math.min(start, times.start);
    end = Math.max(end, times.end);
  }
  const segments = [...counts.values()].sort((one, other) => other.count - one.count);
  if (end === 0) return { times: null, segments };
  const isStarted = Number.isFinite(start);
  return { times: { queued: isStarted || !Number.isFinite(queued) ? null : queued, start: isStarted ? start : null, end }, segments };
}
