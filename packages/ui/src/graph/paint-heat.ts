import type { PlacedLane } from './board-layout.ts';
import type { Easel } from './paint-board.ts';

const CELL = 6;

/** How busy a worker was in each moment, and in red where runs did not end well: for more bars than can be told apart. */
export function paintHeat({ context, scale, left, width, colors }: Easel, { placed, top, height, tracks }: PlacedLane): void {
  const cells = Math.ceil((width - left) / CELL);
  const [busy, bad] = [new Float64Array(cells), new Float64Array(cells)];
  for (const { start, end, isThin, attempt } of placed) {
    if (isThin || end < scale.from || start > scale.to) continue;
    const [from, to] = [(scale.x(start) - left) / CELL, (scale.x(end) - left) / CELL];
    for (let cell = Math.max(0, Math.floor(from)); cell < Math.min(cells, Math.ceil(to)); cell++) {
      const share = Math.max(0, Math.min(to, cell + 1) - Math.max(from, cell));
      busy[cell] = (busy[cell] ?? 0) + share;
      if (attempt.outcome === 'failed' || attempt.outcome === 'crashed' || attempt.outcome === 'lost') bad[cell] = (bad[cell] ?? 0) + share;
    }
  }
  for (let cell = 0; cell < cells; cell++) {
    const share = Math.min(1, (busy[cell] ?? 0) / tracks);
    if (share <= 0) continue;
    context.globalAlpha = 0.15 + 0.85 * share;
    context.fillStyle = (bad[cell] ?? 0) > 0 ? colors.failed : colors.running;
    context.fillRect(left + cell * CELL, top + 5, CELL - 0.5, height - 10);
  }
  context.globalAlpha = 1;
}
