import { expect, test } from 'vitest';
import { readersFor } from '../src/sources/postgres/scan/choose-lane.ts';

const asked = { asked: undefined, plan: { columns: [], sample: 1 }, layout: { bytes: 2 ** 30 }, server: { version: 160_000 } };

test.each([
  ['reads a large table of a machine with cores for both', {}, 4, 2],
  ['would have no core to run on', {}, 2, 1],
  ['would read all pages of an old server', { server: { version: 130_000 } }, 4, 1],
  ['is not worth its start', { layout: { bytes: 2 ** 20 } }, 4, 1],
])('a second session %s', (_, differs, cores, readers) => {
  expect(readersFor({ ...asked, ...differs } as unknown as Parameters<typeof readersFor>[0], { cores })).toBe(readers);
});
