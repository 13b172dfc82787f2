import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ColumnPlan } from '../../model.ts';
import { openEngine } from '../../stage/engine.ts';
import { parquetFooters, parquetSchema, readParquet } from '../../types/readers.ts';
import { faultOf } from './fault-of.ts';
import type { TextPlan } from './plan-csv.ts';

/** Columns of a Parquet file, with the types that it says it has, or the reason why it cannot be read. */
export async function planParquet(path: string, table: string): Promise<TextPlan | string> {
  const temp = await mkdtemp(join(tmpdir(), 'sluice-plan-'));
  try {
    using engine = await openEngine(temp, new AbortController().signal);
    const rowsOf = async (query: string) => (await engine.connection.runAndReadAll(query)).getRows();
    const described = await rowsOf(`describe select * from ${readParquet(path)}`);
    const [[rows] = [0]] = await rowsOf(`select num_rows from ${parquetFooters([path])}`);
    const stored = new Set((await rowsOf(`select name from ${parquetSchema(path)}`)).map(([name]) => String(name)));
    const columns = described.map(([name, type]): ColumnPlan => {
      const [column, duckdb_type] = [String(name), String(type)];
      return { source_name: column, name: column, source_type: duckdb_type, type: duckdb_type, type_args: {}, duckdb_type };
    });
    const notes = columns.flatMap(({ name }) =>
      stored.has(name) ? [] : [`A column is called ${name}, since another one has its name up to capitals.`],
    );
    return { columns, estimated_rows: Number(rows), notes, file: {} };
  } catch (error) {
    return `${table} cannot be read as Parquet: ${faultOf(error)}.`;
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}
