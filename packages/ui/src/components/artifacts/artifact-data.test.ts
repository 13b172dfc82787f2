import { expect, test } from 'vitest';
import { progressOf, summaryOf, tableOf } from './artifact-data.ts';

test('the three shapes of Prefect’s tables are read, as values or in a text', () => {
  const table = {
    columns: ['a', 'b'],
    rows: [
      { a: 1, b: 2 },
      { a: 3, b: null },
    ],
  };
  expect(tableOf('[{"a":1,"b":2},{"a":3,"b":null}]')).toEqual(table);
  expect(tableOf({ a: [1, 3], b: [2] })).toEqual(table);
  expect(tableOf([[1, 2], [3]])).toEqual({ columns: ['1', '2'], rows: [{ 1: 1, 2: 2 }, { 1: 3 }] });
});

test.each(['no table', 5, null, [], [1, 2], { a: 1 }, '[1'])('%j is no table', (data) => {
  expect(tableOf(data)).toBeUndefined();
});

test('progress stays between 0 and 100, and is none without a number', () => {
  expect([62.5, -4, 170, '12', 'much', null].map(progressOf)).toEqual([62.5, 0, 100, 12, undefined, undefined]);
});

test('a line says what an artifact holds', () => {
  expect(summaryOf({ type: 'markdown', data: '# Load\n\n**20** [tables](https://x.y/z)' })).toBe('Load 20 tables');
  expect(summaryOf({ type: 'table', data: [{ a: 1 }] })).toBe('1 row of a');
  expect(summaryOf({ type: 'progress', data: 40 })).toBe('40 %');
});
