import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isDatabase } from '@sluice/etl/source-kinds';

/** A table of a folder by its name in the warehouse, and the files that it is made of. */
export interface NamedTable {
  readonly name: string;
  readonly from: string;
}

const HINT = "Write it as --table 'orders=orders-*.csv', or --table sales.orders=2024 for all files below a folder.";

/** Tables as `--table` names them; undefined when it was not given. */
export function readNamedTables(written: readonly string[], source: string | undefined): readonly NamedTable[] | undefined {
  if (written.length === 0) return undefined;
  if (source === undefined || isDatabase(source))
    throw new SluiceError('USAGE', '--table makes tables of the files of a folder.', { hint: 'Name the folder: --source ./exports' });
  const tables = written.map(readNamedTable);
  const twice = tables.find(({ name }, index) => tables.findIndex((other) => other.name === name) < index);
  if (twice)
    throw new SluiceError('USAGE', `--table ${twice.name} is given twice.`, { hint: "A pattern can take several files: --table 'orders=**/*.csv'." });
  return tables;
}

/** The first sign of equality parts them: a folder may be called `year=2024`. */
function readNamedTable(written: string): NamedTable {
  const [, name = '', from = ''] = /^([^=]+)=(.+)$/s.exec(written) ?? [];
  if (name === '') throw new SluiceError('USAGE', `"${written}" does not name a table and its files.`, { hint: HINT });
  // As the tables of a folder are called.
  return { name: /^[^."]+$/.test(name) ? `main.${name}` : name, from };
}
