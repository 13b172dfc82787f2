import type { ColumnPlan } from '../../model.ts';
import { postgresRule } from '../../postgres/types/sums.ts';
import type { RuleName } from '../../types/rules.ts';
import { identifier } from '../../types/sql.ts';

/** How much a value may shrink when it is stored: no compression of PostgreSQL does better. */
const COMPRESSION = 300;

/** From here on the text of a bad row has the length in the place of a value. */
const SHOWN = 100_000;

/** Rules of types whose values have no bounds, and whether their length is known without reading them. */
const UNBOUNDED: { readonly [rule in RuleName]?: 'stored length' | 'length of the text' } = {
  text: 'stored length',
  bpchar: 'stored length',
  json: 'stored length',
  bytea: 'stored length',
  jsonb: 'length of the text',
  array: 'length of the text',
  composite: 'length of the text',
  other: 'length of the text',
};

/** Whether a table with so many bytes outside of its rows can hold values of this size; null when nobody knows how many. */
export const mayHoldLarge = (toastBytes: number | null, limit: number): boolean => toastBytes === null || toastBytes > limit / COMPRESSION;

export interface SizedColumn {
  readonly column: ColumnPlan;
  /** Bytes of the value's text; null, or not exact, for small ones. */
  readonly size: string;
}

/** The columns that may hold large values. Their sizes are known from where the values are stored; only what is large there is turned into text. */
export function sizedColumns(columns: readonly ColumnPlan[], limit: number): SizedColumn[] {
  return columns.flatMap((column) => {
    const kind = UNBOUNDED[column.type as RuleName];
    if (!kind) return [];
    const name = identifier(column.source_name);
    if (kind === 'stored length') return [{ column, size: `octet_length(${column.type === 'bytea' ? name : `${name}::text`})` }];
    const text = postgresRule(column).copy?.(name, column.type_args) ?? name;
    return [{ column, size: `(case when pg_column_size(${name}) > ${Math.floor(limit / COMPRESSION)} then octet_length((${text})::text) end)` }];
  });
}

/** The values of a row as one text, without those that are too large to be shown. */
export function rowText(columns: readonly ColumnPlan[], sized: readonly SizedColumn[]): string {
  const shown = columns.map((column) => {
    const name = identifier(column.source_name);
    const size = sized.find((each) => each.column === column)?.size;
    return size ? `case when ${size} > ${SHOWN} then '(' || ${size} || ' bytes)' else ${name}::text end` : name;
  });
  return `row(${shown.join(', ')})::text`;
}
