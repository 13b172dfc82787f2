import { dirname } from 'node:path';
import { withEnoughMemory } from '../../duckdb/memory.ts';
import { readParquet } from '../../duckdb/readers.ts';
import { duckdbSumsQuery, readDuckdbSums } from '../../duckdb/sums.ts';
import type { ColumnPlan, Extract, StepContext, TableSums, VerifyLevel } from '../../model.ts';
import { openEngine } from '../../stage/engine.ts';
import { refuseDifferences } from '../refuse-differences.ts';

const isOfFiles = ({ type }: ColumnPlan): boolean => type === 'JSON';

/**
 * An extract as PostgreSQL can be compared with it. JSON of a file is summed by its source as DuckDB writes it, which changes numbers
 * and spaces; here it is kept as it was written. So DuckDB sums the parts twice: as the source did, which must be equal, and as the
 * texts are, and those sums the table must have.
 */
export async function asWritten(extract: Extract, verify: VerifyLevel, { signal }: StepContext): Promise<Extract> {
  const { plan, parts } = extract;
  const [first] = parts;
  if (!first || !plan.columns.some(isOfFiles)) return extract;
  using engine = await openEngine(dirname(first.file), signal);
  const { connection } = engine;
  const sumsAs = async (columns: readonly ColumnPlan[]): Promise<TableSums> => {
    const query = duckdbSumsQuery({ columns }, readParquet(parts.map(({ file }) => file)), verify);
    const run = async (sql: string) => void (await connection.run(sql));
    const rows = await withEnoughMemory({ run }, async () => (await connection.runAndReadAll(query)).getRowsJson());
    return readDuckdbSums({ columns }, rows[0]?.[0] as (string | null)[]);
  };
  refuseDifferences(extract, await sumsAs(plan.columns));
  const columns = plan.columns.map((column) => (isOfFiles(column) ? { ...column, type: 'json' } : column));
  return { ...extract, plan: { ...plan, columns }, sums: await sumsAs(columns) };
}
