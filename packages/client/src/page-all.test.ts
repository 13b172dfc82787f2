import { expect, test } from 'vitest';
import { pageOn } from './page-all.ts';

const ALL = Array.from({ length: 25 }, (_, index) => index);

/** A list that goes on after a record; every other page is empty, as that of a search may be. */
function listed() {
  const limits: number[] = [];
  const list = async ({ limit, after }: { limit: number; after: string | null }) => {
    limits.push(limit);
    if (after?.startsWith('empty') === false) return { records: [], next: `empty ${after}` };
    const start = after === null ? 0 : Number(after.replace('empty ', ''));
    const records = ALL.slice(start, start + limit);
    return { records, next: start + limit < ALL.length ? String(start + limit) : null };
  };
  return { list, limits };
}

test('a list is read to its end, from where each page ended, also when a page is empty', async () => {
  const { list, limits } = listed();
  expect(await pageOn(list, { size: 10 })).toEqual(ALL);
  expect(limits).toEqual([10, 10, 10, 10, 10]);
});

test('no more is read than was asked for', async () => {
  const { list, limits } = listed();
  expect(await pageOn(list, { size: 10, most: 12 })).toEqual(ALL.slice(0, 12));
  expect(limits).toEqual([10, 2, 2]);
});
