import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine, roomFor } from '../src/stage/engine.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-engine-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

const ask = async ({ connection }: Engine, sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();

/** More than an engine has memory for. */
const spill = (engine: Engine) =>
  ask(
    engine,
    `set memory_limit = '30MB'; create temp table large as select md5(i::varchar) as a, md5((i + 1)::varchar) as b from range(600000) t(i)`,
  );

async function work(name: string, what: (engine: Engine) => Promise<unknown>): Promise<void> {
  using engine = await openEngine(join(folder, name), never);
  await what(engine);
  engine.keep();
}

test('an engine that is used again has nothing of the work before it, and a folder of its own', async () => {
  await work('first', (engine) => ask(engine, 'create temp table quarantine as select 1 as one; set memory_limit = "300MB"; set threads = 1'));
  using engine = await openEngine(join(folder, 'second'), never);
  expect(await ask(engine, 'select count(*) from duckdb_tables()')).toEqual([['0']]);
  expect(await ask(engine, `select current_setting('threads'), current_setting('memory_limit'), current_setting('temp_directory')`)).toEqual([
    ['2', '244.1 MiB', join(folder, 'second')],
  ]);
});

test('after work that did not fit into memory the next one has its own folder for that too', async () => {
  await work('large', spill);
  await rm(join(folder, 'large'), { recursive: true, force: true });
  using engine = await openEngine(join(folder, 'next'), never);
  await spill(engine);
  expect((await readdir(folder)).sort()).toContain('next');
  expect(await readdir(folder)).not.toContain('large');
});

test('a second thread is there for many values, and not where lines are huge', async () => {
  using engine = await openEngine(join(folder, 'threads'), never);
  const threadsFor = async (rows: number, longest: number, columns: number) => {
    await roomFor(engine, { rows, longest }, columns);
    return (await ask(engine, `select current_setting('threads')`))[0]?.[0];
  };
  expect(await threadsFor(100, 80, 10)).toBe('1');
  expect(await threadsFor(3_000_000, 80, 4)).toBe('2');
  expect(await threadsFor(3_000_000, 2 << 20, 4)).toBe('1');
});

const FOR_AGES = 'select sum(a.i * b.i) from range(10000000) a(i), range(10000000) b(i)';

test('one that is stopped does not go on with the next statement either', async () => {
  const stop = new AbortController();
  using engine = await openEngine(join(folder, 'stopped'), stop.signal);
  stop.abort();
  await expect(ask(engine, FOR_AGES)).rejects.toThrow('Interrupted');
});

test('one that is opened when all is stopped already does nothing', async () => {
  using engine = await openEngine(join(folder, 'late'), AbortSignal.abort());
  await expect(ask(engine, FOR_AGES)).rejects.toThrow('Interrupted');
});
