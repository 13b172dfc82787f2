import type { ColumnPlan, TablePlan } from '../../model.ts';
import { identifier } from '../../types/sql.ts';

/** Types that Parquet has not, or would change: it drops the offset of a time, refuses an interval that goes back, and makes doubles of 128 bits. */
const NOT_KEPT = /\b(?:TIMETZ|TIME WITH TIME ZONE|INTERVAL|BIT|U?HUGEINT|BIGNUM)(?=\s*(?:[,)[]|$))/gi;

/** These have names of a person's in them: the whole value becomes its text. */
const MADE_UP = /\b(?:ENUM|UNION)\s*\(/i;

/** The lake's type for values of a neutral type: the same, with the text of what Parquet does not keep. */
export function lakeType({ neutral_type: type }: Pick<ColumnPlan, 'neutral_type'>): string {
  if (MADE_UP.test(type)) return 'VARCHAR';
  // Names of fields in quotes are left alone, and lists of a fixed length are lists.
  return type.replaceAll(/"(?:[^"]|"")*"|[^"]+/g, (part) =>
    part.startsWith('"') ? part : part.replaceAll(NOT_KEPT, 'VARCHAR').replaceAll(/\[\d+\]/g, '[]'),
  );
}

const isText = (column: ColumnPlan): boolean => lakeType(column) !== column.neutral_type;

/** A column of the parts as it is written. Where the parts hold a text already it stays: DuckDB cannot read each text that it writes. */
export function written(column: ColumnPlan): string {
  const name = identifier(column.name);
  return `${name}::${lakeType(column)} as ${name}`;
}

/** What is summed: a table whose texts are read back as what they were, which must be possible for all of them. */
export function readBack({ columns }: Pick<TablePlan, 'columns'>, table: string): string {
  if (!columns.some(isText)) return table;
  const values = columns.map((column) => {
    const name = identifier(column.name);
    return isText(column) ? `${name}::${column.neutral_type} as ${name}` : name;
  });
  return `(select ${values.join(', ')} from ${table})`;
}

/** For a person: which columns are texts there. */
export const textNotes = ({ columns }: Pick<TablePlan, 'columns'>): string[] =>
  columns
    .filter(isText)
    .map(
      (column) =>
        `Column ${column.name}: a lake has no ${column.neutral_type}; it stands there as ${lakeType(column)}, and was compared as what it was.`,
    );
