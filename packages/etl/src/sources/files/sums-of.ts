import { duckdbSumsQuery, readDuckdbSums } from '../../duckdb/sums.ts';
import { signedZeroNote, signedZeros } from '../../duckdb/zeros.ts';
import type { TableSums } from '../../model.ts';
import { type FileExtraction, withMemory } from './extraction.ts';

/** Counts and sums of the rows of a query, to compare the warehouse with, and what is to be told of its values. */
export async function sumsOf(
  extraction: Pick<FileExtraction, 'whole' | 'engine' | 'verify' | 'context'>,
  query: string,
): Promise<{ sums: TableSums; notes: string[] }> {
  const { whole: plan, engine, verify } = extraction;
  const zeros = signedZeros(plan.columns);
  const also = zeros.length > 0 ? `[${zeros.map(({ sql }) => sql).join(', ')}] as zeros` : 'null as zeros';
  const sums = duckdbSumsQuery(plan, `(${query})`, verify, also);
  const [row] = await withMemory(extraction, async () => (await engine.connection.runAndReadAll(sums)).getRowsJson());
  const found = (row?.[1] ?? []) as (boolean | null)[];
  const notes = zeros.flatMap(({ column }, index) => (found[index] ? [signedZeroNote(column)] : []));
  return { sums: readDuckdbSums(plan, row?.[0] as (string | null)[]), notes };
}
