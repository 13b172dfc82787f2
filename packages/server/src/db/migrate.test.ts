import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { type Database, openDatabase } from './database.ts';
import { ensureDatabase } from './ensure-database.ts';
import { migrate } from './migrate.ts';

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

test('a database is brought up to the schema once, in the order of the numbers', async () => {
  const names = await migrate(owned.url);
  expect(names.length).toBeGreaterThan(1);
  expect(names).toEqual([...names].sort());
  expect(await migrate(owned.url)).toEqual([]);
});

test('of servers that start at the same moment one does the work, and the others wait and find it done', async () => {
  const applied = await Promise.all([1, 2, 3].map(() => migrate(owned.url)));
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
  const rows = await database.sql`select name from migration order by name collate "C"`;
  expect(rows.map(({ name }) => name)).toEqual(applied.flat());
});

test('a database whose migrations are not these is refused, and nothing is done to it', async () => {
  const names = await migrate(owned.url);
  await database.sql`update migration set checksum = 'other' where name = ${names[0] ?? ''}`;
  await expect(migrate(owned.url)).rejects.toMatchObject({
    code: 'DATABASE_UNSUPPORTED',
    message: `The database was migrated by another version of Sluice (${names[0]}).`,
    hint: 'Start the version that made it, or a newer one.',
  });
});

test('a database that a newer server has migrated is refused', async () => {
  await migrate(owned.url);
  await database.sql`insert into migration values ('9999-from-the-future.sql', 'x', now())`;
  await expect(migrate(owned.url)).rejects.toMatchObject({ code: 'DATABASE_UNSUPPORTED' });
});

const change = (text: string) => database.sql.unsafe(text);
const columnsOf = async (view: string) => (await change(`select * from ${view} limit 0`)).columns.map(({ name }) => name);

test('a view that is not as its file says is made again, with those that hang on it, and what an older version had is gone', async () => {
  await migrate(owned.url);
  const columns = await columnsOf('flow_run_view');
  await change('drop view flow_run_view; create view flow_run_view as select 1 as other');
  await change('create view old_view as select * from flow_run_state_view');
  await change("insert into migration values ('views/old_view.sql', 'x', now())");
  await change("update migration set checksum = 'other' where name = 'views/flow_run_state_view.sql'");
  expect(await migrate(owned.url)).toContain('views/flow_run_view.sql');
  expect(await columnsOf('flow_run_view')).toEqual(columns);
  await expect(columnsOf('old_view')).rejects.toThrow('does not exist');
  expect(await migrate(owned.url)).toEqual([]);
});

test('a database whose views were made by numbered migrations gets those of the files', async () => {
  await migrate(owned.url);
  await change("delete from migration where name like 'views/%'");
  expect(await migrate(owned.url)).toEqual(expect.arrayContaining(['views/deployment_view.sql', 'views/run_seconds.sql']));
});

test('who reads by a view while it is made again reads on', async () => {
  await migrate(owned.url);
  const read = () => database.sql`select row_to_json(v)::text as json from flow_run_view v where id = ${randomUUID()}`;
  await read();
  for (let turn = 0; turn < 3; turn++) {
    await change("update migration set checksum = 'other' where name = 'views/run_seconds.sql'");
    const reads = Promise.all(Array.from({ length: 50 }, read));
    expect(await migrate(owned.url)).toContain('views/run_seconds.sql');
    await reads;
    expect(await read()).toEqual([]);
  }
});

test('a reader that goes from one view to all others is told nothing of their being made again meanwhile', async () => {
  await migrate(owned.url);
  const rows = await change("select relname as name from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace order by 1");
  const views = rows.map(({ name }) => name as string);
  for (const first of [views.at(0), views.at(-1)]) {
    await change("update migration set checksum = 'other' where name = 'views/run_seconds.sql'");
    const reader = openDatabase(owned.url, { max: 1 });
    const made: Promise<string[]>[] = [];
    await reader.transaction(async (tx) => {
      await tx.unsafe(`select from ${first} limit 0`);
      made.push(migrate(owned.url));
      await eventually(async () => expect(await change('select from pg_locks where not granted')).not.toEqual([]));
      for (const view of views) await tx.unsafe(`select from ${view} limit 0`);
    });
    expect((await Promise.all(made)).flat()).toContain('views/run_seconds.sql');
    await reader.close();
  }
});

test('views of somebody else that are built on ours are not dropped with them: it is said which they are', async () => {
  await migrate(owned.url);
  await change('create view report as select count(*) from flow_run_view');
  await change("update migration set checksum = 'other' where name = 'views/flow_view.sql'");
  await expect(migrate(owned.url)).rejects.toMatchObject({
    code: 'DATABASE_UNSUPPORTED',
    message: expect.stringContaining('view report depends on'),
  });
  expect(await columnsOf('flow_view')).toContain('name');
});

test('a database is made when it is missing, and left as it is when it is there', async () => {
  const name = `${owned.name}_made`;
  const url = owned.url.replace(owned.name, name);
  await ensureDatabase(owned.url, name);
  const { sql, close } = openDatabase(url, { max: 1 });
  await sql`create table kept (id integer)`;
  await ensureDatabase(owned.url, name);
  expect(await sql`select from kept`).toEqual([]);
  await close();
  await database.sql`drop database ${database.sql(name)}`;
});
