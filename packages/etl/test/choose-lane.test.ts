import { createTestDatabase } from '@sluice/server/testing';
import { expect, inject, test } from 'vitest';
import { connectPostgres } from '../src/postgres/connect.ts';
import { isOnThisMachine } from '../src/postgres/same-machine.ts';
import { readersFor } from '../src/sources/postgres/scan/choose-lane.ts';

const asked = { asked: undefined, plan: { columns: [], sample: 1 }, layout: { bytes: 2 ** 30 }, server: { version: 160_000 } };

test.each([
  ['reads a large table where there are cores beside PostgreSQL', {}, { cores: 4, hasSource: true }, 2],
  ['would have no core to run on beside PostgreSQL', {}, { cores: 2, hasSource: true }, 1],
  ['reads a large table of another machine', {}, { cores: 2, hasSource: false }, 2],
  ['would read all pages of an old server', { server: { version: 130_000 } }, { cores: 4, hasSource: false }, 1],
  ['is not worth its start', { layout: { bytes: 2 ** 20 } }, { cores: 4, hasSource: false }, 1],
])('a second session %s', (_, differs, machine, readers) => {
  expect(readersFor({ ...asked, ...differs } as unknown as Parameters<typeof readersFor>[0], machine)).toBe(readers);
});

test('a server that is reached over loopback runs on this machine', async () => {
  const database = await createTestDatabase(inject('postgres'));
  const client = await connectPostgres(database.url);
  expect(isOnThisMachine(client)).toBe(true);
  await client.end();
  await database.drop();
});
