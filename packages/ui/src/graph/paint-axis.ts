import type { BoardLayout } from './board-layout.ts';
import type { Easel } from './paint-board.ts';
import { ticksOf } from './scale.ts';

const LEAST_PIXELS = 90;

/** `12.5 s`, `1:05`, `2:03:00` since the beginning. */
function label(ms: number, step: number): string {
  const seconds = ms / 1000;
  if (step < 1000) return `${seconds.toFixed(1)} s`;
  if (Math.abs(seconds) < 60) return `${Math.round(seconds)} s`;
  const pad = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${pad(seconds % 60)}` : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}

/** Times above, and a line for each through all lanes and strips. */
export function paintAxis({ context, scale, left, width, colors, origin }: Easel, { height }: BoardLayout): void {
  const least = ((scale.to - scale.from) / Math.max(1, width - left)) * LEAST_PIXELS;
  const ticks = ticksOf(scale, origin, least);
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  for (const tick of ticks) {
    const x = Math.round(scale.x(tick));
    if (x < left) continue;
    context.fillStyle = colors.faint;
    context.fillRect(x, 18, 1, height - 18);
    context.fillStyle = colors.quiet;
    context.fillText(label(tick - origin, step), x + 4, 10);
  }
}
