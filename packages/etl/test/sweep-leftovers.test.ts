import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWarehouse } from '../src/destinations/duckdb/open.ts';
import { destinationAt } from '../src/destinations/table.ts';
import { etlPaths, type LoadNote, loadFolders, loadId, noteLoad } from '../src/home.ts';
import { sweepLeftovers } from '../src/stage/sweep-leftovers.ts';
import { quietContext } from './support/warehouse-load.ts';
import { ended, holdWarehouse } from './support/warehouse-process.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-sweep-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** As the first clean-up does: what loads have left, then what commits have. */
const sweep = async (isLoadOver: (load: LoadNote) => Promise<boolean> = async () => false) => [
  ...(await sweepLeftovers({ home, isLoadOver, context: quietContext() })),
  ...(await destinationAt(etlPaths(home).warehouse).tidy(quietContext())),
];

/** What a killed load leaves: its note, a part, a spool file. */
async function leaveLoad(table: string, flow_run_id: string): Promise<string> {
  const load_id = loadId('test', table, flow_run_id);
  await noteLoad(home, { load_id, table, flow_run_id });
  const { parts, spool } = await loadFolders(home, load_id);
  await writeFile(join(parts, 'part-1.parquet.tmp'), 'x'.repeat(1000));
  await writeFile(join(spool, 'chunk-1.csv'), 'x'.repeat(500));
  return load_id;
}

const age = (path: string, hours: number) => utimes(path, Date.now() / 1000 - hours * 3600, Date.now() / 1000 - hours * 3600);

test('files of a load that is over are removed and named with their size; those of a load that runs stay', async () => {
  const dead = await leaveLoad('public.a', 'run-dead');
  const alive = await leaveLoad('public.b', 'run-alive');
  const asked: LoadNote[] = [];
  const isLoadOver = async (load: LoadNote) => {
    asked.push(load);
    return load.flow_run_id === 'run-dead';
  };
  const removed = await sweep(isLoadOver);
  const { parts, spool, loads } = etlPaths(home);
  expect(removed.map(({ path }) => path)).toEqual([join(parts, dead), join(spool, dead), join(loads, `${dead}.json`)]);
  expect(removed.slice(0, 2).map(({ bytes }) => bytes)).toEqual([1000, 500]);
  expect(asked.find(({ load_id }) => load_id === alive)).toMatchObject({ table: 'public.b', flow_run_id: 'run-alive', pid: process.pid });
  for (const folder of [parts, spool]) expect(await readdir(folder)).toEqual([alive]);
  expect(await readdir(loads)).toEqual([`${alive}.json`]);
});

test('a second sweep finds nothing, and so does one of a home without loads', async () => {
  expect(await sweep()).toEqual([]);
  await leaveLoad('public.a', 'run-dead');
  expect(await sweep(async () => true)).toHaveLength(3);
  expect(await sweep(async () => true)).toEqual([]);
});

test('a sweep that was killed half-way is ended by the next', async () => {
  const id = await leaveLoad('public.a', 'run-dead');
  const { parts, spool, loads } = etlPaths(home);
  await rm(join(parts, id), { recursive: true });
  expect((await sweep(async () => true)).map(({ path }) => path)).toEqual([join(spool, id), join(loads, `${id}.json`)]);
});

test('folders that nobody has noted go when they are a day old', async () => {
  const { parts } = etlPaths(home);
  for (const name of ['young', 'old']) await mkdir(join(parts, name), { recursive: true });
  await age(join(parts, 'old'), 25);
  expect((await sweep()).map(({ path }) => path)).toEqual([join(parts, 'old')]);
});

test('old drafts of reports and warehouses go; other files and young drafts stay', async () => {
  const folder = join(home, 'etl');
  await mkdir(folder);
  const uuid = '0d2c4a4e-5b8e-4a53-9d0c-7d6c5a1f0c11';
  const old = [`report.json.${uuid}.tmp`, `.warehouse.duckdb.${uuid}.new`, `.warehouse.duckdb.${uuid}.new.wal`];
  for (const name of [...old, 'mine.tmp', 'report.json']) await writeFile(join(folder, name), 'x');
  for (const name of [...old, 'mine.tmp']) await age(join(folder, name), 2);
  const young = `report.json.${uuid.replace('0d', '1d')}.tmp`;
  await writeFile(join(folder, young), 'x');
  expect((await sweep()).map(({ path }) => path).sort()).toEqual(old.map((name) => join(folder, name)).sort());
  expect((await readdir(folder)).sort()).toEqual(['mine.tmp', 'report.json', young].sort());
});

test('what a killed commit has spilled is removed, though not while another process has the warehouse open', async () => {
  const { warehouse } = etlPaths(home);
  const spilled = `${warehouse}.tmp`;
  await openWarehouse({ file: warehouse, access: 'write' }, async () => {});
  await mkdir(spilled);
  await writeFile(join(spilled, 'duckdb_temp_block-1.block'), 'x'.repeat(300));
  const reader = await holdWarehouse(warehouse, 'read');
  expect(await sweep()).toEqual([]);
  expect(existsSync(spilled)).toBe(true);
  reader.stdin?.end();
  await ended(reader);
  expect(await sweep()).toEqual([{ path: spilled, bytes: 300 }]);
  expect(existsSync(spilled)).toBe(false);
});

test('copies of files, and mended rows, go with their load', async () => {
  const [over, running] = [await leaveLoad('over', 'run-1'), await leaveLoad('running', 'run-2')];
  const { spool } = etlPaths(home);
  for (const name of [`${over}.copy`, `${over}.mended`, `${running}.copy`, 'nobody-knows.copy']) await mkdir(join(spool, name));
  await sweep(async ({ flow_run_id }) => flow_run_id === 'run-1');
  expect((await readdir(spool)).sort()).toEqual([running, `${running}.copy`, 'nobody-knows.copy'].sort());
});
