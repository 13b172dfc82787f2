import { valueAt } from '@sluice/core/board/curves';
import { compact } from '../lib/format.ts';
import { STRIP, type Strip } from './board-layout.ts';
import type { Easel } from './paint-board.ts';

/** A curve with its name, its most, and the line of its limit. */
export function paintStrip({ context, scale, left, width, colors, now }: Easel, { label, steps, most, limit, unit, top }: Strip): void {
  const y = (value: number) => top + STRIP - (value / most) * (STRIP - 6);
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.fillStyle = colors.text;
  context.fillText(label, 4, top + 12, left - 8);
  context.fillStyle = colors.quiet;
  context.fillText(limit === null ? `most ${compact(most)}${unit}` : `limit ${compact(limit)}`, 4, top + 27, left - 8);
  context.save();
  context.beginPath();
  context.rect(left, top, width - left, STRIP + 1);
  context.clip();
  context.beginPath();
  context.moveTo(left, y(0));
  let value = valueAt(steps, scale.from);
  context.lineTo(left, y(value));
  for (const step of steps) {
    if (step.at <= scale.from) continue;
    if (step.at > scale.to) break;
    const x = scale.x(step.at);
    context.lineTo(x, y(value));
    value = step.value;
    context.lineTo(x, y(value));
  }
  const end = scale.x(Math.min(now, scale.to));
  context.lineTo(end, y(value));
  context.lineTo(end, y(0));
  context.closePath();
  context.globalAlpha = 0.3;
  context.fillStyle = colors.accent;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = colors.accent;
  context.lineWidth = 1;
  context.stroke();
  if (limit !== null) {
    context.fillStyle = colors.queued;
    context.fillRect(left, y(limit), width - left, 1);
  }
  context.restore();
}
