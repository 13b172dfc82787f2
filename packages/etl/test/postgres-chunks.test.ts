import { expect, test } from 'vitest';
import { ranges } from '../src/sources/postgres/chunks.ts';

const MB = 2 ** 20;

test.each([
  ['an empty table', { pages: 0, bytes: 0 }, { chunk_mb: 64, sample: 1 }, [[]]],
  ['a small table', { pages: 10, bytes: 81920 }, { chunk_mb: 64, sample: 1 }, [[]]],
  [
    'three chunks, open at both ends',
    { pages: 300, bytes: 3 * MB },
    { chunk_mb: 1, sample: 1 },
    [["ctid < '(100,0)'"], ["ctid >= '(100,0)'", "ctid < '(200,0)'"], ["ctid >= '(200,0)'"]],
  ],
  ['large values outside of the rows', { pages: 2, bytes: 500 * MB }, { chunk_mb: 64, sample: 1 }, [["ctid < '(1,0)'"], ["ctid >= '(1,0)'"]]],
  [
    'a sample of each chunk',
    { pages: 200, bytes: 2 * MB },
    { chunk_mb: 1, sample: 0.1 },
    [["ctid < '(10,0)'"], ["ctid >= '(100,0)'", "ctid < '(110,0)'"]],
  ],
])('%s', (_, storage, plan, expected) => {
  expect(ranges(storage, plan).map(({ conditions }) => conditions)).toEqual(expected);
});

test('ranges meet without a gap, whatever the sizes', () => {
  for (const pages of [1, 7, 99, 1000]) {
    const chunks = ranges({ pages, bytes: pages * 8192 }, { chunk_mb: 0.3, sample: 1 }).map(({ conditions }) => conditions);
    const ends = chunks.map((conditions) => conditions.find((each) => each.includes('<'))?.match(/\d+/)?.[0]);
    const starts = chunks.map((conditions) => conditions.find((each) => each.includes('>='))?.match(/\d+/)?.[0]);
    expect(starts.slice(1)).toEqual(ends.slice(0, -1));
    expect([starts[0], ends.at(-1)]).toEqual([undefined, undefined]);
  }
});
