import type { ColumnPlan } from '../model.ts';
import { identifier } from '../types/sql.ts';
import { SIGNED_ZERO } from '../types/zeros.ts';

const FLOATS = /\b(?:FLOAT|DOUBLE)\b/i;
const isFloat = ({ type }: Pick<ColumnPlan, 'type'>): boolean => /^(?:FLOAT|DOUBLE|float4|float8)$/.test(type);

/** Whether values of a type hold floats among others: see `types/zeros.ts`. */
export const holdsFloats = (type: string): boolean => FLOATS.test(type);

/** The text of a value with floats in it, with one zero, and one word for what is not a number. */
export const withOneZero = (text: string): string => `regexp_replace(${text}, '-(0[.]0|nan)([^0-9a-zA-Z.]|$)', '\\1\\2', 'g')`;

/** The bits of a float: those of 0 for either zero, and the same for all that is not a number. */
export const bitsOf = (column: string, integer: 'INTEGER' | 'BIGINT', nan: string): string =>
  `case when isnan(${column}) then ${nan} else (${column} + 0::${integer === 'INTEGER' ? 'FLOAT' : 'DOUBLE'})::BIT::${integer} end`;

/** Columns of a file that may hold a zero with a sign, and whether one does, as an aggregate. What was guessed from text holds none. */
export const signedZeros = (columns: readonly ColumnPlan[]): { readonly column: string; readonly sql: string }[] =>
  columns.flatMap((column) => {
    if (!holdsFloats(column.type) || 'written' in column.type_args) return [];
    const name = identifier(column.name);
    const sql = isFloat(column) ? `bool_or(${name} = 0 and signbit(${name}))` : `bool_or(regexp_matches(${name}::VARCHAR, '-0[.]0([^0-9]|$)'))`;
    return [{ column: column.name, sql }];
  });

export const signedZeroNote = (column: string): string => `Column ${column}: ${SIGNED_ZERO}.`;
