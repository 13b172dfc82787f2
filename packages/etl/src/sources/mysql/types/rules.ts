import type { JsonObject } from '@sluice/core/lib/json';
import { unescaped } from '../../../postgres/types/unescaped.ts';
import type { RuleName } from '../../../types/rules.ts';
import { floatBits } from './float-bits.ts';

/** What the types table says of a column in MySQL, and of its text on the way into DuckDB. */
export interface MysqlRule {
  /** The value in the line of a row, in the SQL of MySQL: no tab, line break or single backslash is in it. */
  send(column: string): string;
  /** What the shape sums: see the rule of the same name in `duckdb/rules.ts`. */
  value(column: string): string;
  /** The value in the text of a row; the text of `value` where nothing is said. */
  text?(column: string): string;
  /** Which values are none of the type. */
  unfit?(column: string): string;
  /** How the value is made of the sent text, in the SQL of DuckDB. */
  read(sent: string, neutral: string): string;
}

/** The text of a value, as the bytes of UTF-8. */
const utf8 = (column: string): string => `convert(${column} using utf8mb4)`;

const asText = (column: string): string => `cast(${column} as char character set utf8mb4)`;

const cast = (sent: string, neutral: string): string => `${sent}::${neutral}`;

/** A line of the spool file is a row. Written as numbers, so that no setting of the server changes what they are. */
const ESCAPED = [
  [`x'5C'`, `x'5C5C'`],
  [`x'09'`, `x'5C74'`],
  [`x'0A'`, `x'5C6E'`],
  [`x'0D'`, `x'5C72'`],
] as const;

const escaped = (text: string): string => ESCAPED.reduce((inner, [sign, by]) => `replace(${inner}, ${sign}, ${by})`, `cast(${text} as binary)`);

const text = (of: (column: string) => string): MysqlRule => ({ send: (column) => escaped(of(column)), value: of, read: unescaped });

/** DuckDB reads the texts of smaller ones to the wrong bits: they travel enlarged. */
const sendFloat = (column: string): string =>
  `if(abs(${column}) < 2.3e-308 and ${column} <> 0, concat('s', (${column} + 0e0) * pow(2, 90)), ${asText(`(${column} + 0e0)`)})`;

const readFloat = (sent: string, neutral: string): string =>
  `(case when starts_with(${sent}, 's') then substr(${sent}, 2)::DOUBLE / pow(2, 90) else ${sent}::DOUBLE end)::${neutral}`;

/** `0000-00-00`, `2024-02-00`, and what ALLOW_INVALID_DATES lets in. */
const noDay = (column: string): string =>
  `(year(${column}) = 0 or month(${column}) = 0 or day(${column}) = 0 or coalesce(last_day(${column}) < date(${column}), false))`;

const microseconds = (column: string): string => `timestampdiff(microsecond, '2000-01-01 00:00:00', ${column})`;

const timeOfDay = (column: string): string =>
  `((hour(${column}) * 3600 + minute(${column}) * 60 + second(${column})) * 1000000 + microsecond(${column}))`;

export const MYSQL_RULES = {
  integer: { send: (column) => `(${column} + 0)`, value: (column) => `(${column} + 0)`, read: cast },
  bool: { send: (column) => `(${column} + 0)`, value: (column) => `(${column} + 0)`, unfit: (column) => `${column} not in (0, 1)`, read: cast },
  decimal: { send: asText, value: (column) => column, text: asText, read: cast },
  wide_decimal: { send: asText, value: asText, read: cast },
  float4: { send: sendFloat, value: floatBits(32), read: readFloat },
  float8: { send: sendFloat, value: floatBits(64), read: readFloat },
  date: { send: asText, value: (column) => `datediff(${column}, '2000-01-01')`, unfit: noDay, read: cast },
  timestamp: { send: asText, value: microseconds, unfit: noDay, read: cast },
  timestamptz: {
    send: (column) => `concat(${asText(column)}, '+00')`,
    value: microseconds,
    unfit: (column) => `year(${column}) = 0`,
    read: cast,
  },
  time: { send: asText, value: timeOfDay, unfit: (column) => `(${column} < 0 or ${column} >= '24:00:00')`, read: cast },
  text: text(utf8),
  /** Of a type that DuckDB does not have: its text. */
  other: text(asText),
  json: { ...text(asText), read: (sent: string) => `(${unescaped(sent)})::JSON` },
  bytea: {
    send: (column) => `hex(${column})`,
    value: (column) => `cast(${column} as binary)`,
    text: (column) => `md5(${column})`,
    read: (sent) => `unhex(${sent})`,
  },
  /** Parquet knows no bits: the text stands in the parts, and becomes the type in the warehouse. */
  bit: { send: (column) => `bin(${column} + 0)`, value: (column) => `bin(${column} + 0)`, read: (sent) => sent },
} as const satisfies { readonly [rule in RuleName]?: MysqlRule };

export type MysqlRuleName = keyof typeof MYSQL_RULES;

/** The rule of a column. Bits have as many digits as their column says. */
export function mysqlRule({ type, type_args }: { readonly type: string; readonly type_args: JsonObject }): MysqlRule {
  const width = Number(type_args['width'] ?? 0);
  if (type !== 'bit') return MYSQL_RULES[type as MysqlRuleName];
  const digits = (column: string) => `lpad(bin(${column} + 0), ${width}, '0')`;
  return { ...MYSQL_RULES.bit, send: digits, value: digits };
}
