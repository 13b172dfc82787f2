import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Attempt, BoardRun } from '../model/board.ts';
import { queueDepth, rowsPerSecond, slotsInUse, valueAt } from './curves.ts';
import { lanesOf } from './lanes.ts';
import { poolHolds } from './pool-holds.ts';
import { spanOf, summaryOf } from './summary.ts';

const instant = (second: number) => new Date(second * 1000).toISOString();
const ms = (second: number) => second * 1000;

const attempt = (worker: string, queued: number, start: number, end: number | null, number = 1): Attempt => ({
  number,
  queued: instant(queued),
  claimed: instant(start),
  start: instant(start),
  end: end === null ? null : instant(end),
  worker,
  outcome: end === null ? 'running' : 'completed',
  message: null,
});

const run = (id: string, attempts: Attempt[], more: Partial<BoardRun> = {}): BoardRun => ({
  id,
  name: id,
  flow_name: 'load',
  parent_id: 'main',
  table: id,
  work_pool_name: 'default-pool',
  state_type: attempts.at(-1)?.end === null ? 'RUNNING' : 'COMPLETED',
  state_name: null,
  queued: null,
  waiting_on: null,
  rows: null,
  attempts,
  ...more,
});

test('each worker has a lane by its name, with as many tracks as it had runs at once, and parents lie thin', () => {
  const runs = [
    run('main', [attempt('w-2', 0, 0, 9)], { parent_id: null }),
    run('a', [attempt('w-10', 0, 1, 4)]),
    run('b', [attempt('w-2', 0, 1, 3)]),
    run('c', [attempt('w-2', 0, 2, 5)]),
    run('d', [attempt('w-2', 0, 3, 8)]),
  ];
  const lanes = lanesOf(runs, ms(9));
  expect(lanes.map(({ worker, tracks, thinTracks }) => [worker, tracks, thinTracks])).toEqual([
    ['w-2', 2, 1],
    ['w-10', 1, 0],
  ]);
  expect(lanes[0]?.bars.map((bar) => [bar.run.id, bar.track, bar.queued])).toEqual([
    ['b', 0, 0],
    ['c', 1, 0],
    ['d', 0, ms(3)],
  ]);
});

test('bars of one track never lie over each other', () => {
  const stays = fc.array(fc.record({ start: fc.integer({ min: 0, max: 50 }), length: fc.integer({ min: 1, max: 20 }) }), { maxLength: 40 });
  fc.assert(
    fc.property(stays, (all) => {
      const lanes = lanesOf(
        all.map(({ start, length }, index) => run(`r${index}`, [attempt('w', 0, start, start + length)])),
        ms(100),
      );
      for (const { bars, tracks } of lanes) {
        const atOnce = Math.max(...bars.map(({ start }) => bars.filter((bar) => bar.start <= start && bar.end > start).length));
        expect(tracks).toBe(atOnce);
        for (const one of bars) {
          const over = bars.filter((other) => other !== one && other.track === one.track && other.start < one.end && one.start < other.end);
          expect(over).toEqual([]);
        }
      }
    }),
  );
});

test('curves say how many runs stood in the queue, how many slots were held and how many rows came', () => {
  const runs = [
    run('a', [attempt('w', 0, 2, 6)], { rows: { done: 400, total: 400 } }),
    run('b', [attempt('w', 0, 4, null)], { rows: { done: 60, total: null } }),
    run('c', [], { state_type: 'SCHEDULED', queued: instant(1) }),
  ];
  const depth = queueDepth(runs, ms(10));
  expect([0, 1, 2, 4, 9].map((second) => valueAt(depth, ms(second)))).toEqual([2, 3, 2, 1, 1]);
  const rate = rowsPerSecond(runs, ms(10));
  expect([1, 3, 5, 7].map((second) => valueAt(rate, ms(second)))).toEqual([0, 100, 110, 10]);
  const holds = [
    { flow_run_id: 'a', from: instant(1), to: instant(3) },
    { flow_run_id: 'b', from: instant(2), to: null },
  ];
  const used = slotsInUse({ name: 'tag:db', limit: 2, holds });
  expect([0, 1, 2, 3, 9].map((second) => valueAt(used, ms(second)))).toEqual([0, 1, 2, 1, 1]);
});

test('runs hold slots of their pool while a worker has them, but for those that wait for others', () => {
  const runs = [
    run('main', [attempt('w', 0, 0, null)], { parent_id: null }),
    run('a', [attempt('w', 0, 1, 4), attempt('v', 4, 5, null, 2)]),
    run('b', [attempt('w', 0, 1, 4)], { work_pool_name: 'another' }),
  ];
  expect(poolHolds(runs, 'default-pool')).toEqual([
    { flow_run_id: 'a', from: instant(1), to: instant(4) },
    { flow_run_id: 'a', from: instant(5), to: null },
  ]);
});

test('the summary counts the work, not the run that waits for it', () => {
  const runs = [
    run('main', [attempt('w', 0, 0, null)], { parent_id: null }),
    run('a', [attempt('w', 0, 1, 4), attempt('v', 4, 5, 8, 2)], { rows: { done: 5, total: 5 } }),
    run('b', [attempt('w', 0, 4, null)]),
    run('c', [], { state_type: 'SCHEDULED', queued: instant(1) }),
    run('d', [attempt('w', 0, 4, 5)], { state_type: 'FAILED' }),
  ];
  expect(summaryOf(runs)).toEqual({ total: 4, done: 1, running: 1, queued: 1, failed: 1, cancelled: 0, retries: 1, rows: 5 });
  expect(spanOf(runs, ms(20))).toEqual({ from: 0, to: ms(20) });
  expect(summaryOf([run('alone', [attempt('w', 0, 0, 1)], { parent_id: null })]).total).toBe(1);
});
