import { expect, test } from 'vitest';
import type { FlowRun } from '../../api/flow-runs.ts';
import { laneOf } from './lane-of.ts';

const second = (at: number) => new Date(at * 1000).toISOString();
const ran = (id: string, from: number, to: number | null): FlowRun =>
  ({
    id,
    start_time: second(from),
    end_time: to === null ? null : second(to),
    state_type: to === null ? 'RUNNING' : 'COMPLETED',
  }) as FlowRun;

test('runs at one time are below each other, and one that runs reaches until now', () => {
  const lane = laneOf([ran('c', 12, null), ran('b', 5, 9), ran('a', 0, 10)], 20_000);
  expect(lane?.bars.map(({ run, line }) => [run.id, line])).toEqual([
    ['a', 0],
    ['b', 1],
    ['c', 0],
  ]);
  expect(lane).toMatchObject({ from: 0, until: 20_000, lines: 2 });
});

test('what was before a long pause is left out, and a worker that ran nothing has no lane', () => {
  const lane = laneOf([ran('new', 5000, 5060), ran('also', 4990, 4995), ran('old', 0, 60)], 5_060_000);
  expect(lane?.bars.map(({ run }) => run.id)).toEqual(['also', 'new']);
  expect(laneOf([], 0)).toBeUndefined();
});
