import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { filesSource } from '../src/sources/files/files-source.ts';
import { postgresSource } from '../src/sources/postgres/postgres-source.ts';
import { identifier, literal } from '../src/types/sql.ts';
import { sourceSuite, type TableContent } from './suites/source-suite.ts';
import { openTestSource } from './support/postgres-source.ts';

/** A table by SQL: PostgreSQL has a type of the name of each neutral one that the suite asks for, but one. */
function createTable(name: string, { columns, rows }: TableContent): string {
  const declared = Object.entries(columns).map(([column, type]) => `${identifier(column)} ${type.replace('DOUBLE', 'double precision')}`);
  const values = rows.map((row) => `(${row.map((value) => (value === null ? 'null' : literal(value))).join(', ')})`);
  const insert = values.length > 0 ? `; insert into ${name} values ${values.join(', ')}` : '';
  return `drop table if exists ${name}; create table ${name} (${declared.join(', ')})${insert}`;
}

sourceSuite('a database of PostgreSQL', async () => {
  const database = await openTestSource(inject('postgres'));
  const specOf = (name: string) => ({ name: `public.${name}`, source: 'test' });
  return {
    source: postgresSource(database.url),
    home: database.home,
    put: async (name, content) => {
      await database.sql(`${createTable(name, content)}; analyze ${name}`);
      return specOf(name);
    },
    drop: async (name) => void (await database.sql(`drop table ${name}`)),
    putBadRow: async (name) => {
      await database.sql(`create table ${name} (id int, n numeric(5,2)); insert into ${name} values (1, 1), (2, 'NaN'), (3, 3)`);
      return specOf(name);
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
});

/** As CSV, with every value in quotes, so that an empty one is no NULL. */
const toCsv = ({ columns, rows }: TableContent): string =>
  [Object.keys(columns), ...rows]
    .map((row) => row.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(','))
    .map((line) => `${line}\n`)
    .join('');

sourceSuite('a folder of files', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sluice-folder-'));
  const folder = join(root, 'source');
  await mkdir(folder);
  const specOf = (name: string) => ({ name: `main.${name}`, source: folder });
  return {
    source: filesSource(folder),
    home: join(root, 'home'),
    put: async (name, content) => {
      await writeFile(join(folder, `${name}.csv`), toCsv(content));
      return { ...specOf(name), types: content.columns };
    },
    drop: (name) => rm(join(folder, `${name}.csv`)),
    putBadRow: async (name) => {
      await writeFile(join(folder, `${name}.csv`), 'id,n\n1,1\n2,x\n3,3\n');
      return { ...specOf(name), types: { n: 'INTEGER' } };
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
});
