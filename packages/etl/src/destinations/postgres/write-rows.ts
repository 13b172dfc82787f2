import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { fileToWrite } from '../../duckdb/file-literal.ts';
import { withEnoughMemory } from '../../duckdb/memory.ts';
import { readParquet } from '../../duckdb/readers.ts';
import type { ColumnPlan, Extract, Part, StepContext } from '../../model.ts';
import type { QualifiedName } from '../../names/qualified-name.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import { openEngine } from '../../stage/engine.ts';
import { identifier, literal } from '../../types/sql.ts';
import { checkParts } from '../parts.ts';
import { copyFromFile } from './copy-in.ts';
import { holdsNul, isForNul } from './errors.ts';
import { BAD_ROW_COLUMNS, QUARANTINE } from './ledger.ts';
import { COPY_TEXT, copyText } from './text.ts';

/** Rows of a Parquet file on their way into a table: DuckDB writes them as the text that a COPY takes, and that goes into the socket as it is. */
interface Rows {
  /** SQL of the query, and the statement that takes what it gives. */
  readonly query: string;
  readonly copy: string;
}

/** Copies the rows of parts into a table, one part after the other; while one goes over the line the next is written as text. */
export async function copyParts(client: PostgresClient, { plan, parts }: Extract, into: string, { options, context }: CopyOptions): Promise<void> {
  const columns = plan.columns.map(copyText).join(', ');
  const copy = `copy ${into} (${plan.columns.map(({ name }) => identifier(name)).join(', ')}) from stdin${options}`;
  const total = parts.reduce((rows, part) => rows + part.rows, 0);
  const all = parts.map(({ file }) => ({ query: `select ${columns} from ${readParquet(file)}`, copy }));
  try {
    await copyAll(client, all, parts[0]?.file, context, (done) => context.progress({ done, total, label: 'loading' }));
  } catch (error) {
    throw isForNul(error) ? holdsNul(plan.table, await nulColumn(plan.columns, parts, context), error) : error;
  }
}

export interface CopyOptions {
  /** Behind the statement. */
  readonly options: string;
  readonly context: StepContext;
}

/** Bad rows of an extract, in the place of those of the table's earlier loads: what they belonged to is not there any more. */
export async function copyQuarantine(client: PostgresClient, { plan, load_id, quarantine_file }: Extract, context: StepContext): Promise<void> {
  const { schema, name } = plan.target;
  await client.query(`delete from ${QUARANTINE} where schema_name = $1 and table_name = $2`, [schema, name]);
  if (quarantine_file === null) return;
  const text = (column: string) => copyText({ ...TEXT, name: column });
  const owner = Object.entries({ load_id, schema_name: schema, table_name: name });
  const source = `(select ${owner.map(([column, value]) => `${literal(value)} as ${column}`).join(', ')}, chunk, line, column_name,
    replace(reason, chr(0), '␀') as reason, replace(raw, chr(0), '␀') as raw, "at" from ${readParquet(quarantine_file)})`;
  const columns = [...owner.map(([column]) => text(column)), 'chunk', 'line', text('column_name'), text('reason'), text('raw'), '"at"'];
  const copy = `copy ${QUARANTINE} (load_id, schema_name, table_name, ${BAD_ROW_COLUMNS}) from stdin`;
  await copyAll(client, [{ query: `select ${columns.join(', ')} from ${source}`, copy }], quarantine_file, context, () => {});
}

const TEXT = { source_name: '', source_type: '', type: 'VARCHAR', type_args: {}, neutral_type: 'VARCHAR' } as const;

/** The first column that holds a NUL character in one of its texts. */
async function nulColumn(columns: readonly ColumnPlan[], parts: readonly Part[], { signal }: StepContext): Promise<string> {
  using engine = await openEngine(folderOf(parts[0]?.file), signal);
  for (const { name } of columns) {
    const holds = `bool_or(contains(${identifier(name)}::VARCHAR, chr(0)))`;
    const [row] = (await engine.connection.runAndReadAll(`select ${holds} from ${readParquet(parts.map(({ file }) => file))}`)).getRows();
    if (row?.[0] === true) return `column "${name}"`;
  }
  return 'a column';
}

/** Every part must be there as it was written. */
export async function expectParts(extract: Extract, { signal }: StepContext): Promise<void> {
  const first = extract.parts[0]?.file ?? extract.quarantine_file;
  if (!first) return;
  using engine = await openEngine(dirname(first), signal);
  const { connection } = engine;
  await checkParts({ rows: async <R>(sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson() as R[] }, extract);
  engine.keep();
}

const folderOf = (file: string | undefined): string => (file === undefined ? '' : dirname(file));

async function copyAll(
  client: PostgresClient,
  all: readonly Rows[],
  beside: string | undefined,
  { signal }: StepContext,
  onRows: (rows: number) => void,
) {
  if (all.length === 0 || beside === undefined) return;
  const folder = dirname(beside);
  using engine = await openEngine(folder, signal);
  const { connection } = engine;
  const fileOf = (index: number) => join(folder, `copy-${process.pid}-${index % 2}.txt`);
  const prepare = (index: number) => (index < all.length ? writeText(connection, all[index]?.query ?? '', fileOf(index)) : Promise.resolve());
  let rows = 0;
  try {
    let next = prepare(0);
    for (const [index, { copy }] of all.entries()) {
      await next;
      next = prepare(index + 1);
      // It is waited for in the next round; a fault of this one must not leave it without anybody.
      next.catch(() => {});
      rows += await copyFromFile(client, copy, fileOf(index));
      onRows(rows);
    }
    engine.keep();
  } finally {
    connection.interrupt();
    await Promise.all([0, 1].map((index) => rm(fileOf(index), { force: true })));
  }
}

async function writeText(connection: DuckDBConnection, query: string, file: string): Promise<void> {
  const run = async (sql: string) => void (await connection.run(sql));
  await withEnoughMemory({ run }, () => run(`copy (${query}) to ${fileToWrite(file)} (${COPY_TEXT})`));
}

export const stagingOf = (schema: string): QualifiedName => ({ schema, name: `_sluice_stg_${crypto.randomUUID().slice(0, 13)}` });
