import { globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitLoad } from '../src/destinations/duckdb/commit.ts';
import { queryWarehouse } from '../src/destinations/duckdb/read.ts';
import { parquetFooters, readCsv, readJsonObjects, readJsonRecords, readParquet } from '../src/duckdb/readers.ts';
import { extractFile } from '../src/sources/files/extract-file.ts';
import { planFile } from '../src/sources/files/plan-file.ts';
import { literal } from '../src/types/sql.ts';
import { expectPlan, quiet } from './support/files-load.ts';

let instance: DuckDBInstance;
let duckdb: DuckDBConnection;
let root: string;
beforeAll(async () => {
  instance = await DuckDBInstance.create();
  duckdb = await instance.connect();
  root = await mkdtemp(join(tmpdir(), 'sluice-literals-'));
});
afterAll(async () => {
  duckdb.closeSync();
  instance.closeSync();
  await rm(root, { recursive: true, force: true });
});

const sources = globSync('packages/etl/src/**/*.ts').map((file) => ({ file, text: readFileSync(file, 'utf8') }));

/** Where SQL opens a file, and what stands in its place. */
const OPENS = /\b(read_\w+|parquet_\w+|sniff_csv|glob)\(([^)]{0,40})|\b(copy [^;`]*? to |attach )('|\$\{\w*)/g;

/** What is attached and is no file: a database that a secret names, and the catalog of a lake. */
const NO_FILES = [
  'packages/etl/src/destinations/ducklake/open-lake.ts: attach $' + '{literal',
  "packages/etl/src/sources/postgres/scan/scanner.ts: attach '",
];

test('every file that SQL opens is written by the one place that knows how', () => {
  const opened = sources.flatMap(({ file, text }) => [...text.matchAll(OPENS)].map(([found]) => ({ file, found })));
  const good =
    /\((?:\$\{fileToRead\(|\$\{filesToRead\(|\$\{typeof files === 'string' \? fileToRead)|(?: to |attach )\$\{fileToWrite$|copy from database/;
  const others = opened.filter(({ found }) => !good.test(found));
  expect(others.map(({ file, found }) => `${file}: ${found}`).sort()).toEqual(NO_FILES);
  expect(opened.length).toBeGreaterThan(8);
  const readers = opened.filter(({ found }) => /^(?:read_|parquet_)/.test(found));
  expect([...new Set(readers.map(({ file }) => file))]).toEqual(['packages/etl/src/duckdb/readers.ts']);
});

test('quotes are doubled in one place', () => {
  const doubling = sources.filter(({ text }) => /replaceAll\("'"|replace\(\/'\/g/.test(text)).map(({ file }) => file);
  expect(doubling).toEqual(['packages/etl/src/types/sql.ts']);
});

const READERS = {
  read_csv: readCsv('/t.csv', {
    columns: [['a', 'INTEGER']],
    options: { delim: "','", quote: "''", escape: "''", nullstr: "''" },
    room: 'buffer_size = 1000, parallel = true',
  }),
  read_parquet: readParquet('/t.parquet'),
  read_json_objects: readJsonObjects('/t.json', 'unstructured', 'maximum_object_size = 1000'),
  read_json: readJsonRecords('/t.json', [['a', 'INTEGER']], 'maximum_object_size = 1000'),
};

/** Options that decide nothing about which rows and values come: other names of ones that are set, hints, and ways of guessing that are off. */
const NEEDLESS: Readonly<Record<keyof typeof READERS, readonly string[]>> = {
  read_csv: [
    ...['sep', 'dtypes', 'types', 'column_types', 'names', 'column_names', 'maximum_line_size', 'max_line_size'],
    ...['sample_size', 'files_to_sniff', 'auto_type_candidates', 'hive_types', 'force_not_null', 'thousands', 'dateformat', 'timestampformat'],
    ...['store_rejects', 'rejects_table', 'rejects_scan', 'rejects_limit', 'ignore_errors'],
  ],
  read_parquet: [
    'can_have_nan',
    'compression',
    'debug_use_openssl',
    'encryption_config',
    'explicit_cardinality',
    'hive_types',
    'parquet_version',
    'schema',
  ],
  read_json_objects: ['hive_types'],
  read_json: [
    ...['hive_types', 'sample_size', 'maximum_sample_files', 'map_inference_threshold', 'field_appearance_threshold', 'maximum_depth'],
    ...['dateformat', 'date_format', 'timestampformat', 'timestamp_format'],
  ],
};

test.each(Object.keys(READERS) as (keyof typeof READERS)[])('no option of %s is left to a guess', async (name) => {
  const known = await duckdb.runAndReadAll(`select distinct unnest(parameters) from duckdb_functions() where function_name = '${name}'`);
  const options = known
    .getRowsJson()
    .map(([option]) => String(option))
    .filter((option) => option !== 'col0');
  expect(options.length).toBeGreaterThan(5);
  const unset = options.filter((option) => !new RegExp(`[ (]${option} = `).test(READERS[name]) && !NEEDLESS[name].includes(option));
  expect(unset).toEqual([]);
});

test.each([
  [
    'a day in the name of a folder',
    'DATA=2023-08-28/part.parquet',
    'select timestamp \'2000-01-01 10:00:00\' as "DATA", 1 as n',
    [['2000-01-01 10:00:00', '1']],
  ],
  ['a column that no file has', 'region=eu/part.parquet', 'select 1 as n', [['1']]],
  ['bytes that look like text', 'bytes.parquet', "select 'abc\\xFF'::blob as b", [['abc\\xFF']]],
])('%s changes nothing of what a Parquet file holds', async (_what, path, query, rows) => {
  const folder = await mkdtemp(join(root, 'guess-'));
  await mkdir(join(folder, path, '..'), { recursive: true });
  await duckdb.run(`copy (${query}) to ${literal(join(folder, path))} (format parquet)`);
  expect(await loadAll(folder, path, folder)).toEqual(rows);
});

/** Loads one file by way of a home, and returns what is in the warehouse. */
async function loadAll(folder: string, from: string, home: string): Promise<unknown[][]> {
  const plan = expectPlan(await planFile(folder, { name: 'main.t', source: 'files', from, badRowShare: 0.5 }, { sample: 1 }));
  const extract = await extractFile({ folder, plan, load_id: 'load', home, verify: 'full', context: quiet() });
  const warehouse = join(home, 'warehouse.duckdb');
  const load = await commitLoad({ warehouse, extract, verify: 'full', token: 1, flow_run_id: 'run', context: quiet() });
  expect(load).toMatchObject({ verified: true, rows_quarantined: from.endsWith('.parquet') ? 0 : 1 });
  return (await queryWarehouse(warehouse, 'select columns(*)::varchar from main.t order by all')).map((row) => Object.values(row));
}

const ODD = [
  '[',
  ']',
  '*',
  '[1]',
  '[*]',
  "'",
  '"',
  '%20',
  '%',
  '{a,b}',
  '~',
  '-',
  ' ',
  '\n',
  '\t',
  'é',
  '😀',
  '!',
  '^',
  '$HOME',
  'x=1',
  ';',
  ',',
  '#',
  '(',
  ')',
  ':',
  '|',
  '`',
  '&',
];
const rows = [
  [0, 'x'],
  [1, 'y'],
  [2, 'z'],
] as const;

const part = (odd: readonly string[]) =>
  fc.array(fc.oneof(fc.constantFrom('a', '1', 'b'), fc.constantFrom(...odd)), { minLength: 1, maxLength: 5 }).map((letters) => letters.join(''));

/** Another file beside it, whose name the signs of the first would fit as well. */
const decoyOf = (name: string): string => name.replaceAll(/\[(.)\]|[*?[\]]/g, (_all, inner?: string) => inner ?? 'a');

test('whatever signs a file, its folder, and the home have, this file is read and no other', async () => {
  await fc.assert(
    fc.asyncProperty(
      part([...ODD, '?']),
      part([...ODD, '?']),
      part(ODD),
      fc.constantFrom('csv', 'ndjson', 'parquet'),
      async (name, sub, homeName, kind) => {
        fc.pre(!/^\.+$/.test(name) && sub !== '.' && sub !== '..');
        const top = await mkdtemp(join(root, 'odd-'));
        const write = async (path: string, n: number) => {
          await mkdir(join(path, '..'), { recursive: true });
          const values = rows.map(([i, text]) => [n + i, text] as const);
          if (kind === 'csv') await writeFile(path, `n,s\n${values.map((row) => `${row}\n`).join('')}bad\n`);
          else if (kind === 'ndjson') await writeFile(path, `${values.map(([i, text]) => `{"n": ${i}, "s": "${text}"}\n`).join('')}bad\n`);
          else
            await duckdb.run(`copy (from (values ${values.map(([i, text]) => `(${i}, '${text}')`)}) t(n, s)) to ${literal(path)} (format parquet)`);
        };
        const folder = join(top, 'source');
        for (const path of new Set([join(decoyOf(sub), `${name}.${kind}`), join(sub, `${decoyOf(name)}.${kind}`)]))
          await write(join(folder, path), 7);
        const path = join(sub, `${name}.${kind}`);
        await write(join(folder, path), 42);
        const home = join(top, homeName);
        await mkdir(home, { recursive: true });
        expect(await loadAll(folder, path, home)).toEqual(rows.map(([i, text]) => [String(42 + i), text]));
        await rm(top, { recursive: true, force: true });
      },
    ),
    {
      numRuns: 12,
      examples: [
        ['orders[1]', 'exp[1]', 'home[1]', 'parquet'],
        ['star*', 'day=1?', "it's *", 'csv'],
        ['[*]', '{a,b}', '~', 'ndjson'],
      ],
    },
  );
});

test('a path that DuckDB cannot be told exactly is refused, with what to do', async () => {
  const folder = await mkdtemp(join(root, 'back-'));
  await writeFile(join(folder, 'a\\[1].csv'), 'a,b\n1,2\n');
  expect(await planFile(folder, { name: 't', source: 'files', from: 'a\\[1].csv' }, { sample: 1 })).toMatchObject({
    reason: expect.stringMatching(/backslash beside one of the signs.*Give the file/),
  });
  for (const open of [readParquet, (file: string) => parquetFooters([file])]) expect(() => open('/a\\*.parquet')).toThrow(/backslash/);
});

test('a warehouse whose path holds a question mark is refused before anything is made', async () => {
  const warehouse = join(root, 'why?', 'warehouse.duckdb');
  await expect(queryWarehouse(warehouse, 'select 1')).rejects.toMatchObject({
    code: 'INVALID_SETTING',
    message: expect.stringContaining('question mark'),
  });
});
