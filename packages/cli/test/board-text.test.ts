import type { Attempt, Board, BoardRun } from '@sluice/core/model/board';
import { expect, test } from 'vitest';
import { boardLines } from '../src/render/board-text.ts';

const instant = (second: number) => new Date(second * 1000).toISOString();

const attempt = (worker: string, start: number, end: number | null, outcome: Attempt['outcome'] = 'completed', number = 1): Attempt => ({
  number,
  queued: instant(0),
  claimed: instant(start),
  start: instant(start),
  end: end === null ? null : instant(end),
  worker,
  outcome,
  message: null,
});

const run = (id: string, attempts: Attempt[], more: Partial<BoardRun> = {}): BoardRun => ({
  id,
  name: id,
  flow_name: 'load',
  parent_id: 'main',
  table: `public.${id}`,
  work_pool_name: 'default-pool',
  state_type: 'COMPLETED',
  state_name: 'Completed',
  queued: null,
  waiting_on: null,
  rows: null,
  attempts,
  ...more,
});

const board: Board = {
  id: 'main',
  at: instant(20),
  more: false,
  limits: [{ name: 'tag:db', limit: 2, holds: [{ flow_run_id: 'orders', from: instant(0), to: instant(10) }] }],
  runs: [
    run('main', [attempt('w-2', 0, null, 'running')], { parent_id: null, state_type: 'RUNNING', flow_name: 'main-etl', table: null }),
    run('orders', [attempt('w-1', 0, 10)], { rows: { done: 1234, total: 1234 } }),
    run('items', [attempt('w-1', 10, 15, 'lost'), attempt('w-2', 15, null, 'running', 2)], { state_type: 'RUNNING' }),
    run('users', [], { state_type: 'SCHEDULED', queued: instant(1) }),
  ],
};

test('a board as text has a line for each worker, what ended how, the queue and the slots, on one axis', () => {
  const lines = boardLines(board, 20_000, 62).map((line) => line.map(({ text }) => text).join(''));
  expect(lines).toEqual([
    'main-etl / main  1 of 3 done, 1 running, 1 queued, 0 failed, 1 tried again, 1,234 rows  20.0 s so far',
    'w-1         ▓orders▓▓▓▓▓▓▓▓▓▓▓▓│▓items▓▓✝',
    'w-2                                      ▓items▓▓▓▶',
    expect.stringMatching(/^queue {7}[▁-█]+ most \d$/),
    expect.stringMatching(/^tag:db {6}▄{20} limit 2$/),
  ]);
});

test('names of runs write nothing that a terminal obeys', () => {
  const evil = run('evil', [attempt('w-1', 0, 20)], { table: 'a\u001b[2Jb' });
  const text = boardLines({ ...board, runs: [evil] }, 20_000, 60)
    .flat()
    .map((piece) => piece.text)
    .join('');
  expect(text).not.toContain('\u001b');
});
