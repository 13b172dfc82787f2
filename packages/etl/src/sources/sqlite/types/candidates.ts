import type { JsonObject } from '@sluice/core/lib/json';
import { EXACT_DIGITS } from './numbers.ts';
import type { SqliteRuleName } from './rules.ts';

/** A type that the values of a column may have. */
export interface Candidate {
  readonly type: SqliteRuleName;
  readonly args: JsonObject;
}

const plain = (type: SqliteRuleName): Candidate => ({ type, args: {} });

const NUMBERS = [plain('integer'), plain('float8')];
const ANYTHING = [...NUMBERS, plain('text'), plain('bytea')];

const DECLARED: readonly (readonly [pattern: RegExp, type: SqliteRuleName])[] = [
  [/^bool/, 'bool'],
  [/^(datetime|timestamp)/, 'timestamp'],
  [/^date/, 'date'],
  // From here on as SQLite itself reads a declaration, in its order.
  [/int/, 'integer'],
  [/char|clob|text|json|uuid|enum/, 'text'],
  [/blob|binary/, 'bytea'],
  [/real|floa|doub/, 'float8'],
];

/**
 * What a column of this declaration may become: first what was meant, then what else holds its values. A declaration binds nobody, so
 * the values decide. Without one there is no first, and the first that holds all values is taken.
 */
export function candidatesOf(declared: string): { readonly meant: Candidate | undefined; readonly all: readonly Candidate[] } {
  const meant = meantBy(declared.toLowerCase());
  const others = [...(meant?.type === 'timestamp' ? [plain('date')] : []), ...(meant?.type === 'date' ? [plain('timestamp')] : []), ...ANYTHING];
  return { meant, all: meant ? [meant, ...others.filter(({ type }) => type !== meant.type)] : others };
}

function meantBy(declared: string): Candidate | undefined {
  if (declared === '') return undefined;
  const decimal = /^(?:decimal|numeric)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)$/.exec(declared);
  if (decimal) return decimalOf(Number(decimal[1]), Number(decimal[2] ?? 0));
  const type = DECLARED.find(([pattern]) => pattern.test(declared))?.[1];
  return type && plain(type);
}

/** SQLite keeps a decimal as a float: more digits than that has are not there. A DECIMAL has room for a digit before the point. */
const decimalOf = (precision: number, scale: number): Candidate | undefined => {
  const width = Math.max(precision, scale + 1);
  return precision > 0 && width <= EXACT_DIGITS ? { type: 'decimal', args: { precision: width, scale } } : undefined;
};
