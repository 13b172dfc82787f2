import { afterEach, beforeEach, expect, inject, test } from 'vitest';
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
  const rows = await database.sql`select name from migration order by name`;
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
