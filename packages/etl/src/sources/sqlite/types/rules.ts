import type { JsonObject } from '@sluice/core/lib/json';
import type { RuleName } from '../../../types/rules.ts';
import { DATE_PATTERN, daysOf, INSTANT_PATTERN, microsecondsOf } from './instants.ts';
import { asFloat, bitsOf, duckdbFloat, unscaled, withPoint } from './numbers.ts';

/** As node:sqlite gives it, asked for bigints: those are whole numbers, and numbers are floats. */
export type SqliteValue = null | bigint | number | string | Uint8Array;

/** What a value is summed as. */
export type Kept = bigint | string | Uint8Array;

/** What can be read of a column besides its declaration, by its values. */
export interface SentArgs {
  /** Some are floats so small that they travel enlarged. */
  readonly tiny?: boolean;
  /** Floats are among the texts. */
  readonly floats?: boolean;
}

/** What becomes of the values of a column. */
export interface SqliteRule {
  readonly type: RuleName;
  neutral(args: JsonObject): string;
  /** What is summed; undefined for what is no value of this type. */
  keep(value: SqliteValue, args: JsonObject): Kept | undefined;
  /** As a number is written in a sum, or in the text of a row. */
  write?(value: bigint, args: JsonObject): string;
  /** The texts that stand for a value on their way, in the SQL of SQLite. */
  send(column: string, args: SentArgs): readonly string[];
  /** What SQLite itself says is no value of this type. */
  misfit(column: string): string;
  /** The value, in the SQL of DuckDB. */
  read(sent: readonly string[], args: JsonObject): string;
  /** What DuckDB too must say of a value, where SQLite cannot. */
  fits?(sent: readonly string[], args: JsonObject): string;
}

const isNot = (column: string, ...types: string[]): string => `typeof(${column}) not in ('null', ${types.map((type) => `'${type}'`).join(', ')})`;

/** More digits than a float has: SQLite's usual text has 15. */
const floatText = (column: string): string => `printf('%!.20e', ${column})`;

/** Times 2^90: exact, and not tiny any more. */
const ENLARGED = '1073741824.0 * 1073741824.0 * 1073741824.0';

const sentFloat = (column: string): string => `case typeof(${column}) when 'real' then ${floatText(column)} else ${column} end`;

const floatOf = ([text = '', tiny]: readonly string[]): string =>
  tiny ? `case when ${tiny} = '1' then ${text}::DOUBLE / pow(2, 90) else ${text}::DOUBLE end` : `${text}::DOUBLE`;

function sendFloat(column: string, { tiny }: SentArgs): string[] {
  if (!tiny) return [sentFloat(column)];
  const is = `typeof(${column}) = 'real' and ${column} <> 0 and abs(${column}) < 2.3e-308`;
  return [`case when ${is} then ${floatText(`${column} * ${ENLARGED}`)} else ${sentFloat(column)} end`, `${is}`];
}

/** Beyond 2^53 not every whole number is a float. */
const noFloat = (column: string): string =>
  `(${isNot(column, 'integer', 'real')} or typeof(${column}) = 'integer' and ${column} not between -9007199254740992 and 9007199254740992)`;

const digitsOf = (args: JsonObject): [precision: number, scale: number] => [Number(args['precision']), Number(args['scale'])];

const decimalOf = (text: string, args: JsonObject): string => `try_cast((${text}::DOUBLE)::VARCHAR as DECIMAL(${digitsOf(args).join(',')}))`;

const isLike = (pattern: string, sent: string): string => `regexp_full_match(${sent}, '${pattern}')`;

/** SQLite's half of the types table. */
export const SQLITE_RULES = {
  integer: {
    type: 'integer',
    neutral: () => 'BIGINT',
    keep: (value) => (typeof value === 'bigint' ? value : undefined),
    send: (column) => [column],
    misfit: (column) => isNot(column, 'integer'),
    read: ([text]) => `${text}::BIGINT`,
  },
  bool: {
    type: 'bool',
    neutral: () => 'BOOLEAN',
    keep: (value) => (value === 0n || value === 1n ? value : undefined),
    send: (column) => [column],
    misfit: (column) => `(${isNot(column, 'integer')} or ${column} not in (0, 1))`,
    read: ([text]) => `${text}::BOOLEAN`,
  },
  float8: {
    type: 'float8',
    neutral: () => 'DOUBLE',
    keep: (value) => {
      const float = asFloat(value);
      return float === undefined ? undefined : bitsOf(float);
    },
    send: sendFloat,
    misfit: noFloat,
    read: floatOf,
  },
  decimal: {
    type: 'decimal',
    neutral: (args) => `DECIMAL(${digitsOf(args).join(',')})`,
    keep: (value, args) => unscaled(value, ...digitsOf(args)),
    write: (value, args) => withPoint(value, Number(args['scale'])),
    send: (column) => [sentFloat(column)],
    misfit: noFloat,
    read: ([text = ''], args) => decimalOf(text, args),
    fits: ([text = ''], args) => `${decimalOf(text, args)}::DOUBLE = ${text}::DOUBLE`,
  },
  date: {
    type: 'date',
    neutral: () => 'DATE',
    keep: (value) => {
      const days = typeof value === 'string' ? daysOf(value) : undefined;
      return days === undefined ? undefined : BigInt(days);
    },
    send: (column) => [column],
    misfit: (column) => isNot(column, 'text'),
    read: ([text]) => `try_cast(${text} as DATE)`,
    fits: ([text = '']) => `${isLike(DATE_PATTERN, text)} and ${text} not like '0000%' and try_cast(${text} as DATE) is not null`,
  },
  timestamp: {
    type: 'timestamp',
    neutral: () => 'TIMESTAMP',
    keep: (value) => (typeof value === 'string' ? microsecondsOf(value) : undefined),
    send: (column) => [column],
    misfit: (column) => isNot(column, 'text'),
    read: ([text]) => `try_cast(${text} as TIMESTAMP)`,
    fits: ([text = '']) => `${isLike(INSTANT_PATTERN, text)} and ${text} not like '0000%' and try_cast(${text} as TIMESTAMP) is not null`,
  },
  text: {
    type: 'text',
    neutral: () => 'VARCHAR',
    keep: (value) => {
      if (typeof value === 'string') return value;
      if (typeof value === 'bigint') return String(value);
      return typeof value === 'number' ? duckdbFloat(value) : undefined;
    },
    send: (column, args) => (args.floats ? [...sendFloat(column, args), `typeof(${column}) = 'real'`] : [column]),
    misfit: (column) => isNot(column, 'text', 'integer', 'real'),
    read: (sent) => {
      const [text = ''] = sent;
      if (sent.length === 1) return text;
      return `case when ${sent.at(-1)} = '1' then (${floatOf(sent.slice(0, -1))})::VARCHAR else ${text} end`;
    },
    /** Bytes that are no text. */
    fits: ([text = '']) => `try(decode(encode(${text}))) is not null`,
  },
  bytea: {
    type: 'bytea',
    neutral: () => 'BLOB',
    keep: (value) => (value instanceof Uint8Array ? value : undefined),
    // The hex() of NULL is an empty text.
    send: (column) => [`case when ${column} is not null then hex(${column}) end`],
    misfit: (column) => isNot(column, 'blob'),
    read: ([text]) => `unhex(${text})`,
  },
} as const satisfies { readonly [rule in RuleName]?: SqliteRule };

export type SqliteRuleName = keyof typeof SQLITE_RULES;

export const sqliteRule = (type: string): SqliteRule => SQLITE_RULES[type as SqliteRuleName];
