/** A stretch of time, in milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where a moment lies, in pixels, and the other way. */
export interface Scale extends Span {
  readonly x: (at: number) => number;
  readonly at: (x: number) => number;
}

export function scaleOf({ from, to }: Span, left: number, width: number): Scale {
  const length = Math.max(1, to - from);
  return { from, to, x: (at) => left + ((at - from) / length) * width, at: (x) => from + ((x - left) / Math.max(1, width)) * length };
}

const SECOND = 1000;
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400].map((step) => step * SECOND);

/** Round times on the axis, not closer than `least` milliseconds, counted from `origin`. */
export function ticksOf({ from, to }: Span, origin: number, least: number): number[] {
  const step = STEPS.find((each) => each >= least) ?? Math.ceil(least / 86_400_000) * 86_400_000;
  const first = origin + Math.ceil((from - origin) / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step);
}

/** The shortest stretch that can be looked at. */
const SHORTEST_MS = 50;

/** The stretch, `factor` times as long, around a moment that stays where it is; never more than all. */
export function zoom({ from, to }: Span, all: Span, around: number, factor: number): Span {
  const length = Math.min(all.to - all.from, Math.max(SHORTEST_MS, (to - from) * factor));
  const share = (around - from) / Math.max(1, to - from);
  return within({ from: around - share * length, to: around + (1 - share) * length }, all);
}

/** Moved so that it lies within all. */
export function within({ from, to }: Span, all: Span): Span {
  const length = Math.min(to - from, all.to - all.from);
  const start = Math.min(Math.max(from, all.from), all.to - length);
  return { from: start, to: start + length };
}
