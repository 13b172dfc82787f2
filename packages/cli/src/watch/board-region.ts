import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@sluice/client';
import { createLogUpdate } from 'log-update';
import { boardLines } from '../render/board-text.ts';
import { paint } from '../render/paint.ts';

/** How often the board is read. */
const EVERY_MS = 1000;
const WIDTH = 100;

export interface BoardRegion {
  /** A line that stays, above the board. */
  readonly write: (text: string) => void;
  /** The last board stays. */
  readonly end: () => Promise<void>;
}

/** Draws the board of a run in place, as long as it has started others. A server without boards, as Prefect's, has none to draw. */
export async function startBoardRegion(
  client: Client,
  id: string,
  stream: NodeJS.WriteStream,
  signal: AbortSignal,
): Promise<BoardRegion | undefined> {
  if (!(await client.capabilities({ signal })).ourRoutes) return undefined;
  const update = createLogUpdate(stream);
  const ended = new AbortController();

  async function draw(): Promise<void> {
    const board = await client.request('GET /flow_runs/{id}/board', { params: { id } });
    if (board.runs.length < 2) return;
    const lines = boardLines(board, Date.parse(board.at), stream.columns || WIDTH);
    update(`\n${lines.map((line) => line.map(({ text, ink }) => (ink ? paint(ink, text, stream) : text)).join('')).join('\n')}`);
  }

  const stop = AbortSignal.any([signal, ended.signal]);
  const drawing = (async () => {
    while (!stop.aborted) {
      await draw().catch(() => {}); // the lines above say that the server is away
      await pause(EVERY_MS, undefined, { signal: stop }).catch(() => {});
    }
  })();
  return {
    write: (text) => update.persist(text),
    end: async () => {
      ended.abort();
      await drawing;
      await draw().catch(() => {});
      update.done();
    },
  };
}
