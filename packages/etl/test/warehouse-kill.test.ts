import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seconds } from '../../../tests/support/patience.ts';
import { commitLoad } from '../src/destinations/duckdb/commit.ts';
import { giveBack } from '../src/destinations/duckdb/give-back.ts';
import { queryWarehouse, readLedger } from '../src/destinations/duckdb/read.ts';
import type { Extract } from '../src/model.ts';
import { makeExtract, toRequest } from './support/warehouse-load.ts';
import { ended, startProgram } from './support/warehouse-process.ts';

const TRIALS = 5;
const ROWS = 100_000;

let home: string;
let warehouse: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-kill-'));
  warehouse = join(home, 'new', 'warehouse.duckdb');
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** A load whose every row says which load it is. */
const generation = (number: number) =>
  makeExtract({
    folder: home,
    columns: { generation: 'INTEGER', id: 'BIGINT', name: 'VARCHAR' },
    parts: [0, 1].map(
      (part) => `select ${number} as generation, i as id, 'name ' || hash(i) as name from range(${part * ROWS}, ${(part + 1) * ROWS}) r(i)`,
    ),
    planned_at: new Date(Date.UTC(2026, 0, 1) + number).toISOString(),
  });

/** Commits in a process that is killed so long after it began; says how long it took when nobody killed it. */
async function commitAndKill(extract: Extract, token: number, afterMs: number): Promise<number> {
  const file = join(home, 'extract.json');
  await writeFile(file, JSON.stringify(extract));
  const child = startProgram(new URL('./support/warehouse-committer.ts', import.meta.url), [warehouse, file, `${token}`]);
  if (child.stdout) await once(child.stdout, 'data');
  const began = performance.now();
  const end = ended(child);
  await Promise.race([end, pause(afterMs)]);
  child.kill('SIGKILL');
  await end;
  return performance.now() - began;
}

/** The generations in the table, each with its rows, and that of the latest load in the ledger. */
async function readGenerations() {
  const inTable = await queryWarehouse(
    warehouse,
    'select generation, count(*)::integer as rows, sum(id)::double as ids from public.orders group by 1',
  );
  const [latest] = await readLedger(warehouse);
  return { inTable, ledger: latest?.load_id };
}

const whole = (number: number) => [{ generation: number, rows: 2 * ROWS, ids: ROWS * (2 * ROWS - 1) }];

test('a commit that is killed at any moment leaves the old table or the new one, and the next try ends it', { timeout: seconds(120) }, async () => {
  let before = await generation(0);
  const duration = await commitAndKill(before, 1, 60_000);
  expect(await readGenerations()).toEqual({ inTable: whole(0), ledger: before.load_id });

  const outcomes: string[] = [];
  for (let trial = 1; trial <= TRIALS; trial++) {
    const extract = await generation(trial);
    // The first one at once, so that one at least is killed before its end, whatever the machine does meanwhile.
    await commitAndKill(extract, trial * 2, duration * 0.3 * (trial - 1));
    const { inTable, ledger } = await readGenerations();
    const isNew = ledger === extract.load_id;
    if (!isNew) expect(ledger).toBe(before.load_id);
    expect(inTable).toEqual(whole(isNew ? trial : trial - 1));
    const { outcome } = await commitLoad(toRequest(warehouse, extract, { token: trial * 2 + 1 }));
    expect(outcome).toBe(isNew ? 'already' : 'committed');
    expect(await readGenerations()).toEqual({ inTable: whole(trial), ledger: extract.load_id });
    outcomes.push(outcome);
    before = extract;
  }
  expect(outcomes).toContain('committed');
});

test('a warehouse whose making is killed at any moment is made by the next try', { timeout: seconds(120) }, async () => {
  for (let trial = 0; trial < 2; trial++) {
    warehouse = join(home, `fresh-${trial}`, 'warehouse.duckdb');
    const extract = await generation(trial);
    await commitAndKill(extract, 1, 12 * trial);
    expect((await commitLoad(toRequest(warehouse, extract, { token: 2 }))).outcome).toMatch(/committed|already/);
    expect(existsSync(`${warehouse}.tmp`)).toBe(false);
    expect((await readGenerations()).inTable).toEqual(whole(trial));
  }
});

test('what a killed commit has written into the file is given back, at the latest by the next commit', { timeout: seconds(120) }, async () => {
  warehouse = join(home, 'space', 'warehouse.duckdb');
  const [first, second] = [await generation(0), await generation(1)];
  const duration = await commitAndKill(first, 1, 60_000);
  const { size } = await stat(warehouse);
  for (let trial = 1; trial <= TRIALS; trial++) await commitAndKill(second, trial + 1, (duration * trial) / TRIALS);
  const outcome = (await commitLoad(toRequest(warehouse, second, { token: TRIALS + 2 }))).outcome;
  expect(outcome).toMatch(/committed|already/);
  expect((await readGenerations()).inTable).toEqual(whole(1));
  await giveBack(warehouse);
  // The old table's blocks are free until the next one takes them.
  expect((await stat(warehouse)).size).toBeLessThan(2.5 * size);
});
