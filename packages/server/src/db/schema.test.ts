import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { dumpSchema } from '../testing/dump-schema.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { type Database, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { readWireViews } from './wire-views.ts';

const WRITE = 'npx vitest run packages/server/src/db/schema.test.ts -u';
const HEAD = `-- The tables as all migrations leave them, to be read: no server runs this. The wire's views are in views/.\n-- ${WRITE} writes it.\n\n`;

let owned: TestDatabase;
let database: Database;

beforeEach(async () => {
  owned = await createTestDatabase(inject('postgres'));
  database = openDatabase(owned.url, { max: 1 });
});
afterEach(async () => {
  await database.close();
  await owned.drop();
});

async function dump(): Promise<string> {
  const except = (await readWireViews()).map(({ object }) => object);
  return `${HEAD}${await dumpSchema(database.sql, { except })}\n`;
}

test(`schema.sql is what the migrations make of an empty database (${WRITE} writes it)`, async () => {
  await migrate(owned.url);
  await expect(await dump()).toMatchFileSnapshot('../../migrations/schema.sql');
});

test('schema.sql says all: a database that is made by it has the same schema', async () => {
  await migrate(owned.url);
  const schema = await dump();
  const other = await createTestDatabase(inject('postgres'));
  const { sql, close } = openDatabase(other.url, { max: 1 });
  try {
    await sql.unsafe(schema);
    expect(`${HEAD}${await dumpSchema(sql, { except: [] })}\n`).toBe(schema);
  } finally {
    await close();
    await other.drop();
  }
});

test('no two migrations have one number, but for two that came out so', async () => {
  const names = await readdir(new URL('../../migrations/', import.meta.url));
  const numbers = names.flatMap((name) => /^\d{4}(?=-.*\.sql$)/.exec(name) ?? []).sort();
  expect(numbers.filter((number, index) => number === numbers[index - 1])).toEqual(['0012']);
});

test('no index of task runs holds what a state changes, so that a task run changes within its page', async () => {
  await migrate(owned.url);
  const rows = await database.sql<{ name: string; column: string }[]>`
    select i.indexrelid::regclass::text as name, a.attname as column
    from pg_index i join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refobjid = i.indrelid
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = d.refobjsubid
    where i.indrelid = 'task_run'::regclass order by 1, 2`;
  expect(rows).toContainEqual({ name: 'task_run_background', column: 'next_scheduled_start_time' });
  expect(rows.filter(({ column }) => /^(updated|state_|run_count|start_time|end_time|total_run_time)/.test(column))).toEqual([]);
});
