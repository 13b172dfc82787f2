import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seconds } from '../../../tests/support/patience.ts';
import { commitLoad } from '../src/destinations/duckdb/commit.ts';
import { giveBack } from '../src/destinations/duckdb/give-back.ts';
import { queryWarehouse } from '../src/destinations/duckdb/read.ts';
import type { Extract } from '../src/model.ts';
import { commitAndKill, GENERATION, generation } from './support/kill-commit.ts';
import { toRequest } from './support/warehouse-load.ts';

/* What kills leave of the file itself; that the table is whole is in suites/destination-suite.ts. */

const TRIALS = 5;

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-kill-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const kill = (address: string, extract: Extract, token: number, afterMs: number) => commitAndKill({ folder: home, address, extract, token, afterMs });

/** The generations in the table, each with its rows. */
const generations = (warehouse: string) =>
  queryWarehouse(warehouse, 'select generation, count(*)::integer as rows, sum(id)::double as ids from public.orders group by 1');

const whole = (number: number) => [{ generation: number, ...GENERATION }];

test('a warehouse whose making is killed at any moment is made by the next try', { timeout: seconds(120) }, async () => {
  for (let trial = 0; trial < 2; trial++) {
    const warehouse = join(home, `fresh-${trial}`, 'warehouse.duckdb');
    const extract = await generation(home, trial);
    await kill(warehouse, extract, 1, 12 * trial);
    expect((await commitLoad(toRequest(warehouse, extract, { token: 2 }))).outcome).toMatch(/committed|already/);
    expect(existsSync(`${warehouse}.tmp`)).toBe(false);
    expect(await generations(warehouse)).toEqual(whole(trial));
  }
});

test('what a killed commit has written into the file is given back, at the latest by the next commit', { timeout: seconds(120) }, async () => {
  const warehouse = join(home, 'space', 'warehouse.duckdb');
  const [first, second] = [await generation(home, 0), await generation(home, 1)];
  const duration = await kill(warehouse, first, 1, 60_000);
  const { size } = await stat(warehouse);
  for (let trial = 1; trial <= TRIALS; trial++) await kill(warehouse, second, trial + 1, (duration * trial) / TRIALS);
  const outcome = (await commitLoad(toRequest(warehouse, second, { token: TRIALS + 2 }))).outcome;
  expect(outcome).toMatch(/committed|already/);
  expect(await generations(warehouse)).toEqual(whole(1));
  await giveBack(warehouse);
  // The old table's blocks are free until the next one takes them.
  expect((await stat(warehouse)).size).toBeLessThan(2.5 * size);
});
