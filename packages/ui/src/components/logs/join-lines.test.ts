import { expect, test } from 'vitest';
import type { Log } from '../../api/logs.ts';
import { joinLines } from './join-lines.ts';

const line = (second: number, id = String(second)): Log => ({
  id,
  created: '',
  updated: '',
  name: 'flow',
  level: 20,
  message: id,
  timestamp: `2026-11-24T10:00:${String(second).padStart(2, '0')}.000000+00:00`,
  flow_run_id: null,
  task_run_id: null,
});
const idsOf = (lines: readonly Log[]) => lines.map(({ id }) => id);

test('two stretches of a log are one, by time, and a line that both have is there once', () => {
  expect(idsOf(joinLines([line(1), line(2), line(3)], [line(3), line(4)]))).toEqual(['1', '2', '3', '4']);
});

test('a line that comes late stands where its time is', () => {
  expect(idsOf(joinLines([line(1), line(2), line(4)], [line(3)]))).toEqual(['1', '2', '3', '4']);
  expect(idsOf(joinLines([line(1, 'b'), line(2)], [line(1, 'a')]))).toEqual(['a', 'b', '2']);
});

test('what brings nothing new changes nothing', () => {
  const lines = [line(1), line(2)];
  expect(joinLines(lines, [line(2)])).toBe(lines);
  expect(joinLines(lines, [])).toBe(lines);
});
