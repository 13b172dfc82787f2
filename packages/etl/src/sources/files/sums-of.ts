import type { TableSums } from '../../model.ts';
import { duckdbSumsQuery, readDuckdbSums } from '../../types/duckdb-sums.ts';
import { type FileExtraction, withMemory } from './extraction.ts';

/** Counts and sums of the rows of a query, to compare the warehouse with. */
export async function sumsOf(extraction: Pick<FileExtraction, 'whole' | 'engine' | 'verify' | 'context'>, query: string): Promise<TableSums> {
  const { whole: plan, engine, verify } = extraction;
  const sums = duckdbSumsQuery(plan, `(${query})`, verify);
  const [row] = await withMemory(extraction, async () => (await engine.connection.runAndReadAll(sums)).getRowsJson());
  return readDuckdbSums(plan, row?.[0] as (string | null)[]);
}
