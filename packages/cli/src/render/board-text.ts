import { queueDepth, type Step, slotsInUse, valueAt } from '@sluice/core/board/curves';
import { type Bar, lanesOf } from '@sluice/core/board/lanes';
import { spanOf, summaryOf } from '@sluice/core/board/summary';
import type { Attempt, Board } from '@sluice/core/model/board';
import { isFinal } from '@sluice/core/model/state-type';
import { duration } from './ago.ts';
import { toText } from './column.ts';
import type { Paint } from './paint.ts';

/*
 * A board as lines of text: a line for each run that a worker had at once, the queue and the slots below, all on one axis.
 */

/** Part of a line, and the ink that it is painted with. */
export interface Piece {
  readonly text: string;
  readonly ink?: Paint;
}

const GUTTER = 12;
/** What is said behind a curve: `most 18`. */
const TAIL = 10;
const LEVELS = ' ▁▂▃▄▅▆▇█';
const INKS: { readonly [O in Attempt['outcome']]: Paint } = {
  running: 'blueBright',
  completed: 'green',
  failed: 'red',
  crashed: 'magenta',
  lost: 'magenta',
  retry: 'yellow',
  cancelled: 'gray',
  paused: 'gray',
};
/** How a bar ends: by its outcome. */
const ENDS: { readonly [O in Attempt['outcome']]: string } = {
  running: '▶',
  completed: '│',
  failed: '✗',
  crashed: '✝',
  lost: '✝',
  retry: '✗',
  cancelled: '-',
  paused: '‖',
};

/** Lines of the board, so wide; `now` in milliseconds is the end of what goes on. */
export function boardLines(board: Board, now: number, width: number): Piece[][] {
  const span = spanOf(board.runs, now);
  const room = Math.max(20, width - GUTTER - TAIL);
  const column = (at: number) => Math.round(((at - span.from) / Math.max(1, span.to - span.from)) * (room - 1));
  const moment = (index: number) => span.from + ((index + 0.5) / room) * (span.to - span.from);
  const lines = [headOf(board, now)];
  for (const { worker, tracks, bars, thinTracks, thinBars } of lanesOf(board.runs, now)) {
    const shown = [...tracksOf(bars, tracks), ...(bars.length > 0 ? [] : tracksOf(thinBars, thinTracks))].filter((track) => track.length > 0);
    for (const [index, track] of shown.entries()) lines.push([gutter(index === 0 ? worker : ''), ...trackPieces(track, column)]);
  }
  const curve = (label: string, steps: readonly Step[], most: number, tail: string) => {
    const text = Array.from({ length: room }, (_, index) => level(valueAt(steps, moment(index)), most)).join('');
    lines.push([gutter(label), { text: text.trimEnd(), ink: 'dim' }, { text: ` ${tail}`, ink: 'dim' }]);
  };
  const depth = queueDepth(board.runs, now);
  const deepest = Math.max(0, ...depth.map(({ value }) => value));
  if (deepest > 0) curve('queue', depth, deepest, `most ${deepest}`);
  for (const limit of board.limits) curve(limit.name, slotsInUse(limit), limit.limit, `limit ${limit.limit}`);
  return lines;
}

const gutter = (text: string): Piece => ({ text: `${text.length > GUTTER - 2 ? `${text.slice(0, GUTTER - 3)}…` : text}`.padEnd(GUTTER) });

function level(value: number, most: number): string {
  if (value <= 0) return ' ';
  return LEVELS[Math.max(1, Math.min(LEVELS.length - 1, Math.ceil((value / most) * (LEVELS.length - 1))))] ?? ' ';
}

const tracksOf = (bars: readonly Bar[], count: number): Bar[][] =>
  Array.from({ length: count }, (_, track) => bars.filter((bar) => bar.track === track));

/** Bars in their columns, with their names as far as there is room. */
function trackPieces(bars: readonly Bar[], column: (at: number) => number): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { run, attempt, start, end } of bars.toSorted((a, b) => a.start - b.start)) {
    const [from, to] = [Math.max(at, column(start)), Math.max(at + 1, column(end))];
    if (from > at) pieces.push({ text: ' '.repeat(from - at) });
    const length = Math.max(1, to - from);
    const name = toText(run.table ?? run.flow_name);
    const short = name.slice(name.lastIndexOf('.') + 1);
    const said = length > 3 ? short.slice(0, length - 2) : '';
    const text = said ? `▓${said}${'▓'.repeat(length - 2 - said.length)}` : '▓'.repeat(length - 1);
    pieces.push({ text: `${text}${ENDS[attempt.outcome]}`, ink: INKS[attempt.outcome] });
    at = from + length;
  }
  return pieces;
}

/** `main-etl-job / brave-otter  RUNNING 41 s   6 of 20 done, 3 running, 11 queued`. */
function headOf({ id, runs }: Board, now: number): Piece[] {
  const run = runs.find((each) => each.id === id);
  const { done, total, running, queued, failed, cancelled, retries, rows } = summaryOf(runs);
  const { from, to } = spanOf(runs, now);
  const parts = [`${done} of ${total} done`, `${running} running`, `${queued} queued`, `${failed} failed`];
  if (cancelled > 0) parts.push(`${cancelled} cancelled`);
  if (retries > 0) parts.push(`${retries} tried again`);
  if (rows > 0) parts.push(`${rows.toLocaleString('en')} rows`);
  const state = run && !isFinal(run.state_type) ? 'so far' : '';
  return [
    { text: `${toText(run?.flow_name ?? '')} / ${toText(run?.name ?? '')}  ${parts.join(', ')}  ${duration((to - from) / 1000)} ${state}`.trimEnd() },
  ];
}
