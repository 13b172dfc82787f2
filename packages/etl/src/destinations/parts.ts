import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { parquetFooters } from '../duckdb/readers.ts';
import type { Extract } from '../model.ts';

/** Parts that are gone or torn: nothing is lost, the table has to be read once more. */
export class PartsMissing extends SluiceError {
  constructor(table: string, reason: string, cause?: unknown) {
    super('PARTS_MISSING', `Parts of ${table} are not as they were written: ${reason}`, { hint: 'Read the table again.', cause });
  }
}

/** A DuckDB that looks at files. */
interface Looking {
  rows<R>(sql: string): Promise<R[]>;
}

/** Every part must be there with the rows it was written with, by its own footer; so must the file of bad rows. */
export async function checkParts(duckdb: Looking, { plan, parts, quarantine_file }: Extract): Promise<void> {
  const files = [...parts.map(({ file }) => file), ...(quarantine_file === null ? [] : [quarantine_file])];
  const found = new Map(files.length > 0 ? await readFooters(duckdb, plan.table, files) : []);
  for (const { file, rows } of parts) {
    if (found.get(file) !== rows) throw new PartsMissing(plan.table, `${file} holds ${found.get(file)} rows instead of ${rows}.`);
  }
}

async function readFooters(duckdb: Looking, table: string, files: readonly string[]): Promise<[file: string, rows: number][]> {
  try {
    const footers = await duckdb.rows<{ file_name: string; rows: number }>(
      `select file_name, num_rows::double as rows from ${parquetFooters(files)}`,
    );
    return footers.map(({ file_name, rows }) => [file_name, rows]);
  } catch (error) {
    throw new PartsMissing(table, messageOf(error).split('\n')[0] ?? '', error);
  }
}
