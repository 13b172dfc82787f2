import type { ColumnPlan } from '../../model.ts';
import { formatName, type QualifiedName } from '../../names/qualified-name.ts';
import { SCHEMA } from './ledger.ts';

/** PostgreSQL cuts longer names off, without a word. */
const NAME_BYTES = 63;
const MOST_COLUMNS = 1600;

/** Each table has these already. */
const OF_EVERY_TABLE = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']);

/** Why a table cannot stand there, with what to do; null where it can. Asked when it is planned, so that no row is read in vain. */
export function placeFault(table: string, target: QualifiedName, columns: readonly Pick<ColumnPlan, 'name'>[] = []): string | null {
  const reason = faultOf(target);
  if (reason !== null) return `${table} cannot be loaded as ${formatName(target)}: ${reason}. Load it into another schema with --into SCHEMA.`;
  const fault = columnsFault(columns);
  return fault === null ? null : `${table} cannot be loaded into PostgreSQL: ${fault}.`;
}

function faultOf({ schema, name }: QualifiedName): string | null {
  if (schema === SCHEMA) return 'in the warehouse that is the schema of the ledger';
  if (/^pg_/.test(schema) || schema === 'information_schema') return 'in the warehouse that is a schema of PostgreSQL itself';
  return nameFault(schema) ?? nameFault(name);
}

function columnsFault(columns: readonly Pick<ColumnPlan, 'name'>[]): string | null {
  if (columns.length > MOST_COLUMNS) return `it has ${columns.length} columns, and ${MOST_COLUMNS} is the most that a table has there`;
  for (const { name } of columns) {
    const fault = OF_EVERY_TABLE.has(name) ? 'each table has a column of its own with that name' : nameFault(name);
    if (fault !== null) return `of column "${name.slice(0, 80)}" ${fault}`;
  }
  return null;
}

function nameFault(name: string): string | null {
  if (name === '') return 'a name has at least one letter';
  if (name.includes('\0')) return 'a name holds a NUL character';
  return Buffer.byteLength(name) > NAME_BYTES ? `a name has more than ${NAME_BYTES} bytes, of which PostgreSQL would keep the first` : null;
}
