/** @typedef {import('./attempts.js').Attempt} Attempt */
/** @typedef {{ from: number, to: number, following: boolean }} Span */
/**
 * A bar and where it lies: `top` and `height` within its lane; `free`: since when its place was free.
 * @typedef {{ attempt: Attempt, thin: boolean, top: number, height: number, free: number }} Bar
 */
/** @typedef {{ name: string | null, height: number, bars: Bar[] }} Lane */

export const SPANS = { auto: 'Auto', 1: '1 min', 5: '5 min', 15: '15 min', 60: '60 min' };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Runs with a longer pause between them belong to different pieces of work. */
const PAUSE = 30 * SECOND;
const AUTO = [10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 450, 600, 900, 1350, 1800, 2700, 3600].map((seconds) => seconds * SECOND);
const TICKS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900].map((seconds) => seconds * SECOND);

const TRACK = 26;
const BAR = 22;
const THIN_TRACK = 11;
const THIN_BAR = 8;
const PADDING = 5;

/**
 * The time to show. A number of minutes up to now; or by itself, all of the work that goes on, or that was done last. That picture
 * stays when the work is over: it is what a person comes back for.
 * @param {string} setting
 * @param {Attempt[]} attempts
 * @param {number[]} queued when the runs that wait now were due
 * @param {number} now
 * @returns {Span}
 */
export function chooseSpan(setting, attempts, queued, now) {
  const minutes = Number(setting);
  if (minutes > 0) return { from: now - minutes * MINUTE, to: now, following: true };
  const following = queued.length > 0 || attempts.some(({ end }) => end === null);
  const last = following ? now : Math.max(...attempts.map(({ end }) => end ?? 0), 0);
  if (last === 0) return { from: now - MINUTE, to: now, following: false };
  let first = Math.min(last, ...queued);
  for (const { start, end } of attempts.toSorted((a, b) => (b.end ?? now) - (a.end ?? now))) {
    if ((end ?? now) < first - PAUSE) break;
    first = Math.min(first, start);
  }
  const needed = (last - Math.max(first, last - HOUR)) * 1.04;
  const length = AUTO.find((span) => span >= needed) ?? HOUR;
  return following ? { from: now - length, to: now, following } : { from: last - length * 0.98, to: last + length * 0.02, following };
}

/**
 * A lane for each worker, with a track for each run that it has at once. Parents of other runs lie thin below: while they wait,
 * the worker runs others.
 * @param {Attempt[]} attempts
 * @param {{ workers: string[], parents: Set<string>, span: Span }} view
 * @returns {Lane[]}
 */
export function layoutLanes(attempts, { workers, parents, span }) {
  const shown = attempts.filter(({ start, end }) => start < span.to && (end ?? span.to) > span.from);
  /** @type {(string | null)[]} */
  const names = [...new Set([...workers, ...shown.map(({ worker }) => worker ?? '')])];
  names.sort((a, b) => (a ?? '').localeCompare(b ?? '', 'en', { numeric: true }));
  return names.map((name) => {
    const here = shown.filter(({ worker }) => (worker ?? '') === name);
    const isThin = (/** @type {Attempt} */ { run }) => parents.has(run.id) || run.waiting_on !== null;
    const thick = pack(here.filter((attempt) => !isThin(attempt)));
    const thin = pack(here.filter(isThin));
    const thickHeight = Math.max(1, thick.tracks) * TRACK;
    const bars = [
      ...thick.placed.map((each) => ({ ...each, thin: false, top: PADDING + each.track * TRACK, height: BAR })),
      ...thin.placed.map((each) => ({ ...each, thin: true, top: PADDING + thickHeight + each.track * THIN_TRACK, height: THIN_BAR })),
    ];
    return { name: name || null, height: 2 * PADDING + thickHeight + thin.tracks * THIN_TRACK, bars };
  });
}

/** Each bar on the first track that is free when it starts. @param {Attempt[]} attempts */
function pack(attempts) {
  /** @type {number[]} */
  const ends = [];
  const placed = attempts
    .toSorted((a, b) => a.start - b.start)
    .map((attempt) => {
      const fit = ends.findIndex((end) => end <= attempt.start);
      const track = fit < 0 ? ends.length : fit;
      const free = ends[track] ?? 0;
      ends[track] = attempt.end ?? Number.POSITIVE_INFINITY;
      return { attempt, track, free };
    });
  return { placed, tracks: ends.length };
}

/**
 * How many runs stood in the queue, as steps: each entry holds from its time on.
 * @param {Attempt[]} attempts
 * @param {number[]} queued
 * @param {Span} span
 * @returns {{ at: number, depth: number }[]}
 */
export function queueDepth(attempts, queued, { from, to }) {
  const changes = [
    ...attempts.flatMap(({ queued, start }) => [
      [queued, 1],
      [start, -1],
    ]),
    ...queued.map((at) => [at, 1]),
  ];
  let depth = 0;
  const steps = [{ at: from, depth: 0 }];
  for (const [at = 0, change = 0] of changes.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0))) {
    if (at > to) break;
    depth += change;
    steps.push({ at: Math.max(at, from), depth });
  }
  return steps;
}

/** Times to write on the axis: round ones, not closer than `least` ms. @param {Span} span @param {number} least @returns {number[]} */
export function axisTicks({ from, to }, least) {
  const step = TICKS.find((each) => each >= least) ?? 15 * MINUTE;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step);
}
