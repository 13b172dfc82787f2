import { expect, test } from 'vitest';
import { CallKeys, hashOf } from '../src/engine/keys.ts';

test('equal inputs have one hash, whatever the order of their keys', () => {
  expect(hashOf({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(hashOf({ b: [{ d: 3, c: 2 }], a: 1 }));
  expect(hashOf({ a: [1, 2] })).not.toBe(hashOf({ a: [2, 1] }));
  expect(hashOf('1')).not.toBe(hashOf(1));
  expect(hashOf(undefined)).not.toBe(hashOf(null));
});

test('what JSON cannot hold counts by its form in JSON', () => {
  expect(hashOf(new Date(0))).toBe(hashOf('1970-01-01T00:00:00.000Z'));
  expect(hashOf({ a: undefined })).toBe(hashOf({}));
  expect(hashOf(() => 1)).toBe(hashOf(undefined));
});

test('a run that is done again gives its calls the same keys, in whatever order they come', () => {
  const keysOf = (calls: [string, unknown][]) => {
    const keys = new CallKeys();
    return calls.map(([task, input]) => `${task} ${keys.next(task, input)}`);
  };
  const first = keysOf([
    ['copy', { table: 'a' }],
    ['copy', { table: 'b' }],
    ['copy', { table: 'a' }],
    ['load', { table: 'a' }],
  ]);
  const again = keysOf([
    ['load', { table: 'a' }],
    ['copy', { table: 'b' }],
    ['copy', { table: 'a' }],
    ['copy', { table: 'a' }],
  ]);
  expect(new Set(first).size).toBe(4);
  expect(again.sort()).toEqual(first.sort());
});

test('a call in a task is another one than the same call in the flow, or in another task', () => {
  const keys = [new CallKeys(), new CallKeys('copy 1-0'), new CallKeys('copy 2-0')].map((each) => each.next('load', 1));
  expect(new Set(keys).size).toBe(3);
});
