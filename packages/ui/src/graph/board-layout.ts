import { queueDepth, rowsPerSecond, type Step, slotsInUse } from '@sluice/core/board/curves';
import { type Bar, type Lane, lanesOf } from '@sluice/core/board/lanes';
import { spanOf } from '@sluice/core/board/summary';
import type { Board } from '@sluice/core/model/board';
import type { Span } from './scale.ts';

/** A bar with its place on the picture. */
export interface PlacedBar extends Bar {
  readonly top: number;
  readonly height: number;
  readonly isThin: boolean;
}

export interface PlacedLane extends Lane {
  readonly top: number;
  readonly height: number;
  readonly placed: readonly PlacedBar[];
  /** There are too many bars to draw each: how busy the worker was is drawn instead. */
  readonly isHeat: boolean;
}

/** A curve below the lanes, on the same axis. */
export interface Strip {
  readonly label: string;
  readonly steps: readonly Step[];
  /** The height of the strip stands for this. */
  readonly most: number;
  /** A line at this value. */
  readonly limit: number | null;
  readonly unit: string;
  readonly top: number;
}

export interface BoardLayout {
  readonly all: Span;
  readonly lanes: readonly PlacedLane[];
  readonly strips: readonly Strip[];
  readonly axisTop: number;
  readonly height: number;
}

export const GUTTER = 104;
export const STRIP = 38;
const TRACK = 26;
const BAR = 22;
const THIN_TRACK = 11;
const THIN_BAR = 8;
const PADDING = 5;
const STRIP_GAP = 8;
const AXIS = 22;
/** More bars than this are a heat map, lane by lane. */
const MOST_BARS = 2000;
const HEAT_TRACK = 30;

/** Where everything of a board lies, whatever stretch of it is looked at. `now` is the end of what goes on. */
export function layoutOf(board: Board, now: number): BoardLayout {
  const isHeat = board.runs.length > MOST_BARS;
  let top = AXIS;
  const lanes = lanesOf(board.runs, now).map((lane): PlacedLane => {
    const start = top;
    const thick = isHeat ? HEAT_TRACK : lane.tracks * TRACK;
    const height = 2 * PADDING + thick + lane.thinTracks * THIN_TRACK;
    top += height;
    const placed = [
      ...lane.bars.map((bar) => ({ ...bar, isThin: false, top: start + PADDING + bar.track * TRACK, height: BAR })),
      ...lane.thinBars.map((bar) => ({ ...bar, isThin: true, top: start + PADDING + thick + bar.track * THIN_TRACK, height: THIN_BAR })),
    ];
    return { ...lane, top: start, height, placed, isHeat };
  });
  top += STRIP_GAP;
  const curves = [
    { label: 'queue', steps: queueDepth(board.runs, now), limit: null, unit: '' },
    ...board.limits.map((limit) => ({ label: limit.name, steps: slotsInUse(limit), limit: limit.limit, unit: '' })),
    { label: 'rows/s', steps: rowsPerSecond(board.runs, now), limit: null, unit: '/s' },
  ].filter(({ steps }) => steps.some(({ value }) => value > 0));
  const strips = curves.map((curve): Strip => {
    const strip = { ...curve, most: Math.max(1, curve.limit ?? 0, ...curve.steps.map(({ value }) => value)), top };
    top += STRIP + STRIP_GAP;
    return strip;
  });
  const { from, to } = spanOf(board.runs, now);
  const margin = (to - from) * 0.01;
  return { all: { from: from - margin, to: to + margin }, lanes, strips, axisTop: 0, height: top + 4 };
}

/** The bar at a point; where bars lie over each other, as heat does, the last one that began. */
export function barAt({ lanes }: BoardLayout, y: number, at: number): PlacedBar | undefined {
  const lane = lanes.find(({ top, height }) => y >= top && y < top + height);
  return lane?.placed.findLast((bar) => (lane.isHeat || (y >= bar.top - 2 && y <= bar.top + bar.height + 2)) && at >= bar.start && at <= bar.end);
}
