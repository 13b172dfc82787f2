import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SchemaTree } from 'hyparquet';
import { readParquet } from '../../duckdb/readers.ts';
import type { ColumnPlan } from '../../model.ts';
import { openEngine } from '../../stage/engine.ts';
import { faultOf } from './fault-of.ts';
import { carried } from './parquet/carried-types.ts';
import { openParquet, type ParquetFile, rowsOfGroups } from './parquet/footer.ts';
import { isFiner } from './parquet/text-of.ts';
import { metaOf, readChunk, valuesOf } from './parquet/values.ts';
import type { TextPlan } from './plan-csv.ts';

/** Columns of a Parquet file, with the types that it says it has, or the reason why it cannot be read. */
export async function planParquet(path: string, table: string): Promise<TextPlan | string> {
  try {
    const described = await describe(path);
    await using file = await openParquet(path);
    const notes: string[] = [];
    const columns: ColumnPlan[] = [];
    for (const [index, [name, type]] of described.entries()) {
      const stored = file.columns[index];
      if (!stored) return `${table} cannot be read: two readers differ about its columns.`;
      const planned = await planColumn(file, stored, { name, type });
      if ('reason' in planned) return `${table} cannot be read: column ${stored.element.name} ${planned.reason}.`;
      if (stored.element.name !== name) notes.push(`A column is called ${name}, since the name of another one differs only by capitals.`);
      if (planned.note) notes.push(`Column ${name} ${planned.note}.`);
      columns.push(planned.column);
    }
    const rows = rowsOfGroups(file.groups).at(-1)?.to ?? 0;
    if (rows !== file.rows) notes.push(`The file says that it has ${file.rows} rows; its row groups have ${rows}, which are read.`);
    return { columns, estimated_rows: rows, notes, file: {} };
  } catch (error) {
    return `${table} cannot be read as Parquet: ${faultOf(error)}.`;
  }
}

async function describe(path: string): Promise<[name: string, type: string][]> {
  const temp = await mkdtemp(join(tmpdir(), 'sluice-plan-'));
  try {
    using engine = await openEngine(temp, new AbortController().signal);
    const { connection } = engine;
    const rows = (await connection.runAndReadAll(`describe select * from ${readParquet(path)}`)).getRows();
    return rows.map(([name, type]) => [String(name), String(type)]);
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}

type PlannedColumn = { readonly column: ColumnPlan; readonly note?: string } | { readonly reason: string };

async function planColumn(file: ParquetFile, stored: SchemaTree, { name, type }: { name: string; type: string }): Promise<PlannedColumn> {
  const how = carried(stored);
  if (how.how === 'not') return { reason: how.why };
  const column = { source_name: stored.element.name, name, source_type: type, type, type_args: {}, neutral_type: type };
  if (how.how === 'exact' || (how.text !== 'decimal' && !(await hasFiner(file, stored.element.name)))) return { column };
  const text = { source_type: how.source_type, type: 'VARCHAR', type_args: { text: how.text }, neutral_type: 'VARCHAR' };
  return { column: { ...column, ...text }, note: `${how.why} and is kept as text` };
}

/** Whether a column of nanoseconds has values that are not whole microseconds. */
async function hasFiner(file: ParquetFile, name: string): Promise<boolean> {
  for (const group of file.groups) {
    const meta = metaOf(group, name);
    if (!meta) continue;
    for (const value of valuesOf(await readChunk(file, meta), group)) if (value !== null && value !== undefined && isFiner(value)) return true;
  }
  return false;
}
