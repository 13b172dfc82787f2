import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import { describeWithExtensions } from '../../../tests/support/extensions.ts';
import { seconds } from '../../../tests/support/patience.ts';
import type { Lane } from '../src/model.ts';
import { filesSource } from '../src/sources/files/files-source.ts';
import { mysqlSource } from '../src/sources/mysql/mysql-source.ts';
import { postgresSource } from '../src/sources/postgres/postgres-source.ts';
import type { Source } from '../src/sources/source.ts';
import { sqliteSource } from '../src/sources/sqlite/sqlite-source.ts';
import { identifier, literal } from '../src/types/sql.ts';
import { type SourceTrial, sourceSuite, type TableContent } from './suites/source-suite.ts';
import { LANES } from './support/lanes.ts';
import { describeWithMariadb, startMariadb, type TestMariadb } from './support/mariadb.ts';
import { openTestSource } from './support/postgres-source.ts';
import { makeSqlite } from './support/sqlite-file.ts';

/** A table by SQL: PostgreSQL has a type of the name of each neutral one that the suite asks for, but one. */
function createTable(name: string, { columns, rows }: TableContent): string {
  const declared = Object.entries(columns).map(([column, type]) => `${identifier(column)} ${type.replace('DOUBLE', 'double precision')}`);
  const values = rows.map((row) => `(${row.map((value) => (value === null ? 'null' : literal(value))).join(', ')})`);
  const insert = values.length > 0 ? `; insert into ${name} values ${values.join(', ')}` : '';
  return `drop table if exists ${name}; create table ${name} (${declared.join(', ')})${insert}`;
}

const openDatabase = async (lane: Lane): Promise<SourceTrial> => {
  const database = await openTestSource(inject('postgres'));
  const specOf = (name: string) => ({ name: `public.${name}`, source: 'test' });
  return {
    source: readBy(lane, postgresSource(database.url)),
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
};

const readBy = (lane: Lane, source: Source): Source => ({ ...source, extract: (extraction) => source.extract({ ...extraction, lane }) });

for (const lane of LANES) sourceSuite(`a database of PostgreSQL by ${lane}`, () => openDatabase(lane));

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

/** A boolean is a number in SQLite, and so is the word for it; all else becomes what its column says. */
const sqliteLiteral = (value: string | null, type = ''): string => (value === null ? 'null' : type === 'BOOLEAN' ? value : literal(value));

describeWithExtensions('with an extension of DuckDB', () => {
  sourceSuite('a file of SQLite', async () => {
    const file = await makeSqlite();
    const specOf = (name: string) => ({ name: `main.${name}`, source: 'test' });
    return {
      source: sqliteSource(file.url),
      home: file.home,
      foldsNames: true,
      put: (name, { columns, rows }) => {
        const types = Object.values(columns);
        const declared = Object.entries(columns).map(([column, type]) => `${identifier(column)} ${type}`);
        const values = rows.map((row) => `(${row.map((value, index) => sqliteLiteral(value, types[index])).join(', ')})`);
        const insert = values.length > 0 ? `; insert into ${name} values ${values.join(', ')}` : '';
        file.sql(`drop table if exists ${name}; create table ${name} (${declared.join(', ')})${insert}`);
        return Promise.resolve(specOf(name));
      },
      drop: (name) => Promise.resolve(file.sql(`drop table ${name}`)),
      putBadRow: (name) => {
        file.sql(`create table ${name} (id int, t text); insert into ${name} values (1, 'x'), (2, cast(x'ff41' as text)), (3, 'y')`);
        return Promise.resolve(specOf(name));
      },
      [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
    };
  });
});

const mysqlName = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** Words for a boolean are words there too; a backslash begins a sign of its own. */
const mysqlLiteral = (value: string | null, type = ''): string =>
  value === null ? 'null' : type === 'BOOLEAN' ? value : literal(value.replaceAll('\\', '\\\\'));

describeWithMariadb('with a server of MariaDB', () => {
  let server: TestMariadb;
  let databases = 0;
  beforeAll(async () => {
    server = await startMariadb();
  }, seconds(60));
  afterAll(() => server?.[Symbol.asyncDispose]());

  sourceSuite('a database of MySQL', async () => {
    const database = `suite_${++databases}`;
    await server.sql(`create database ${database} character set utf8mb4`);
    const home = await mkdtemp(join(tmpdir(), 'sluice-mysql-'));
    const specOf = (name: string) => ({ name: `${database}.${name}`, source: 'test' });
    return {
      source: mysqlSource(`mysql://reader:${encodeURIComponent('p@ss:w/rd')}@127.0.0.1:${server.port}/${database}`),
      home,
      foldsNames: true,
      put: async (name, { columns, rows }) => {
        const types = Object.values(columns);
        const declared = Object.entries(columns).map(
          ([column, type]) => `${mysqlName(column)} ${type.replace('VARCHAR', 'text').replace('TIMESTAMP', 'datetime')}`,
        );
        const values = rows.map((row) => `(${row.map((value, index) => mysqlLiteral(value, types[index])).join(', ')})`);
        const insert = values.length > 0 ? `; insert into ${name} values ${values.join(', ')}` : '';
        await server.sql(`use ${database}; drop table if exists ${name}; create table ${name} (${declared.join(', ')})${insert}`);
        return specOf(name);
      },
      drop: async (name) => void (await server.sql(`drop table ${database}.${name}`)),
      putBadRow: async (name) => {
        await server.sql(
          `use ${database}; create table ${name} (id int, d date); insert into ${name} values (1, '2024-01-01'), (2, '0000-00-00'), (3, '2024-01-02')`,
        );
        return { ...specOf(name), badRowShare: 0.5 };
      },
      [Symbol.asyncDispose]: async () => {
        await server.sql(`drop database ${database}`);
        await rm(home, { recursive: true, force: true });
      },
    };
  });
});
