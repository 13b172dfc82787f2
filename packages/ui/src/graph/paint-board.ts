import type { BoardLayout } from './board-layout.ts';
import type { Colors } from './colors.ts';
import { paintAxis } from './paint-axis.ts';
import { paintHeat } from './paint-heat.ts';
import { paintLane } from './paint-lane.ts';
import { paintStrip } from './paint-strip.ts';
import type { Scale } from './scale.ts';

/** What a picture is painted with. */
export interface Easel {
  readonly context: CanvasRenderingContext2D;
  readonly scale: Scale;
  /** Pixels from the left to where time begins, and all of them. */
  readonly left: number;
  readonly width: number;
  readonly colors: Colors;
  readonly now: number;
  /** Where the first moment of the board is: the axis counts from it. */
  readonly origin: number;
  /** The run that a person has chosen, or points at. */
  readonly chosen: string | null;
}

/** Paints a board, or the stretch of it that the scale shows. */
export function paintBoard(easel: Easel, layout: BoardLayout): void {
  const { context, width, left, colors } = easel;
  context.clearRect(0, 0, width, layout.height);
  paintAxis(easel, layout);
  for (const lane of layout.lanes) {
    context.fillStyle = colors.text;
    context.font = '12px system-ui, sans-serif';
    context.textBaseline = 'middle';
    context.fillText(lane.worker, 4, lane.top + Math.min(lane.height / 2, 18), left - 8);
    context.fillStyle = colors.faint;
    context.fillRect(0, lane.top + lane.height - 1, width, 1);
    context.save();
    context.beginPath();
    context.rect(left, lane.top, width - left, lane.height);
    context.clip();
    if (lane.isHeat) paintHeat(easel, lane);
    else paintLane(easel, lane);
    context.restore();
  }
  for (const strip of layout.strips) paintStrip(easel, strip);
}
