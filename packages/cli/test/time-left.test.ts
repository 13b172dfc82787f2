import { expect, test } from 'vitest';
import { secondsLeft } from '../src/etl/time-left.ts';

const open = (table: string, ran = 0) => ({ parameters: { table }, estimated_run_time: ran });
const last = new Map([
  ['a', 10],
  ['b', 20],
  ['c', 30],
]);

test('what is left is what the last loads took, less what has run, over the workers', () => {
  expect(secondsLeft([open('a', 4), open('b'), open('c')], last, 1)).toBe(56);
  expect(secondsLeft([open('a', 4), open('b'), open('c')], last, 2)).toBe(30);
  expect(secondsLeft([], last, 2)).toBe(0);
});

test('a table that takes longer than it did has nothing left, and a new one counts as the mean', () => {
  expect(secondsLeft([open('a', 99)], last, 1)).toBe(0);
  expect(secondsLeft([open('a'), open('new'), open('c')], last, 1)).toBe(60);
  expect(secondsLeft([open('new')], last, 1)).toBeNull();
});
