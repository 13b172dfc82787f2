import type { PlacedBar, PlacedLane } from './board-layout.ts';
import { toneOf } from './colors.ts';
import type { Easel } from './paint-board.ts';

const RADIUS = 4;
const TEXT_FROM = 26;

/** Bars of a worker: hollow while queued, solid while running, with what became of them. */
export function paintLane(easel: Easel, { placed }: PlacedLane): void {
  const { from, to } = easel.scale;
  for (const bar of placed) if (bar.end >= from && Math.min(bar.queued, bar.start) <= to) paintBar(easel, bar);
}

function paintBar({ context, scale, colors, chosen }: Easel, bar: PlacedBar): void {
  const { attempt, run, top, height, isThin } = bar;
  const tone = isThin && attempt.outcome === 'running' && run.waiting_on ? colors.waiting : colors[toneOf[attempt.outcome]];
  const [start, end] = [scale.x(bar.start), Math.max(scale.x(bar.start) + 2, scale.x(bar.end))];
  if (!isThin && bar.queued < bar.start) paintQueue(context, tone, scale.x(bar.queued), start, top + height / 2);
  context.globalAlpha = chosen && chosen !== run.id ? 0.45 : 1;
  context.fillStyle = tone;
  context.beginPath();
  context.roundRect(start, top, end - start, height, isThin ? 2 : RADIUS);
  context.fill();
  if (!isThin) {
    if (attempt.number > 1) paintRetry(context, colors['on-tone'], start, top, attempt.number);
    if (attempt.outcome === 'lost' || attempt.outcome === 'retry' || attempt.outcome === 'crashed') paintBreak(context, colors, end, top, height);
    paintName(context, colors['on-tone'], bar, Math.max(start, scale.x(scale.from)), Math.min(end, scale.x(scale.to)));
  }
  if (chosen === run.id) {
    context.strokeStyle = colors.text;
    context.lineWidth = 1.5;
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** The time in the queue: hollow, so that nobody takes it for work. */
function paintQueue(context: CanvasRenderingContext2D, tone: string, from: number, to: number, y: number): void {
  context.strokeStyle = tone;
  context.globalAlpha = 0.55;
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(from, y);
  context.lineTo(to, y);
  context.stroke();
  context.setLineDash([]);
  context.beginPath();
  context.moveTo(from, y - 4);
  context.lineTo(from, y + 4);
  context.stroke();
  context.globalAlpha = 1;
}

/** A tick for each attempt before this one. */
function paintRetry(context: CanvasRenderingContext2D, color: string, x: number, top: number, number: number): void {
  context.fillStyle = color;
  for (let index = 0; index < Math.min(3, number - 1); index++) context.fillRect(x + 3 + index * 4, top + 3, 2, 6);
}

/** A torn edge: it did not end by itself. */
function paintBreak(context: CanvasRenderingContext2D, { card }: Easel['colors'], x: number, top: number, height: number): void {
  context.fillStyle = card;
  context.beginPath();
  const teeth = 4;
  context.moveTo(x + 1, top);
  for (let tooth = 0; tooth < teeth; tooth++) {
    context.lineTo(x - 5, top + ((tooth + 0.5) * height) / teeth);
    context.lineTo(x + 1, top + ((tooth + 1) * height) / teeth);
  }
  context.closePath();
  context.fill();
}

function paintName(context: CanvasRenderingContext2D, color: string, { run, top, height }: PlacedBar, from: number, to: number): void {
  const room = to - from - 12;
  if (room < TEXT_FROM) return;
  context.fillStyle = color;
  context.font = '600 11.5px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.fillText(fitting(context, run.table ?? run.flow_name, room), from + 7, top + height / 2 + 0.5);
}

/** As much of the name as there is room for; of `schema.table` the table first. */
function fitting(context: CanvasRenderingContext2D, name: string, room: number): string {
  if (context.measureText(name).width <= room) return name;
  const short = name.slice(name.lastIndexOf('.') + 1);
  if (context.measureText(short).width <= room) return short;
  let length = short.length;
  while (length > 0 && context.measureText(`${short.slice(0, length)}…`).width > room) length = Math.floor(length * 0.85);
  return length > 1 ? `${short.slice(0, length)}…` : '';
}
