import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { parquetFooters } from '../../duckdb/readers.ts';
import type { Extract } from '../../model.ts';
import type { Warehouse } from './warehouse.ts';

/** Parts that are gone or torn: nothing is lost, the table has to be read once more. */
export class PartsMissing extends SluiceError {
  constructor(table: string, reason: string, cause?: unknown) {
    super('PARTS_MISSING', `Parts of ${table} are not as they were written: ${reason}`, { hint: 'Read the table again.', cause });
  }
}

/** Every part must be there with the rows it was written with, by its own footer; so must the file of bad rows. */
export async function checkParts(warehouse: Warehouse, { plan, parts, quarantine_file }: Extract): Promise<void> {
  const files = [...parts.map(({ file }) => file), ...(quarantine_file === null ? [] : [quarantine_file])];
  const found = new Map(files.length > 0 ? await readFooters(warehouse, plan.table, files) : []);
  for (const { file, rows } of parts) {
    if (found.get(file) !== rows) throw new PartsMissing(plan.table, `${file} holds ${found.get(file)} rows instead of ${rows}.`);
  }
}

async function readFooters(warehouse: Warehouse, table: string, files: readonly string[]): Promise<[file: string, rows: number][]> {
  try {
    const footers = await warehouse.rows<{ file_name: string; rows: number }>(
      `select file_name, num_rows::double as rows from ${parquetFooters(files)}`,
    );
    return footers.map(({ file_name, rows }) => [file_name, rows]);
  } catch (error) {
    throw new PartsMissing(table, messageOf(error).split('\n')[0] ?? '', error);
  }
}
