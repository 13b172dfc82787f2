import type { ColumnPlan } from '../../model.ts';
import type { ArrayArgs } from '../../postgres/types/arrays.ts';
import { identifier } from '../../types/sql.ts';

type Value = (sql: string) => string;

const asText: Value = (sql) => `${sql}::VARCHAR`;

/** DuckDB writes the era behind the date, and PostgreSQL reads it at the end. */
const withEra =
  (first: string): Value =>
  (sql) =>
    `case when ${sql} < ${first} then regexp_replace(${sql}::VARCHAR, '^(\\S+) \\(BC\\)(.*)$', '\\1\\2 BC') else ${sql}::VARCHAR end`;

const INSTANT = withEra(`TIMESTAMPTZ '0001-01-01 00:00:00+00'`);

/** How PostgreSQL reads values of a neutral type; those that are not named are written by both in the same way. */
const WRITTEN: { readonly [type: string]: Value } = {
  DATE: withEra(`DATE '0001-01-01'`),
  TIMESTAMP: withEra(`TIMESTAMP '0001-01-01'`),
  TIMESTAMP_S: withEra(`TIMESTAMP '0001-01-01'`),
  TIMESTAMP_MS: withEra(`TIMESTAMP '0001-01-01'`),
  TIMESTAMPTZ: INSTANT,
  'TIMESTAMP WITH TIME ZONE': INSTANT,
  BLOB: (sql) => `'\\x' || hex(${sql})`,
};

/** A value as PostgreSQL's input of its type reads it; null for null. */
function written(column: Pick<ColumnPlan, 'type' | 'type_args' | 'neutral_type'>, sql: string): string {
  if (column.type === 'array') return listText(column.type_args as unknown as ArrayArgs, sql);
  return (WRITTEN[column.neutral_type.toUpperCase()] ?? asText)(sql);
}

/** A list as a literal of an array: each element in quotes, so that none is taken for another thing. */
function listText({ element_type, depth }: ArrayArgs, sql: string, level = 1): string {
  const inner = `e${level}`;
  const value = (WRITTEN[element_type.toUpperCase()] ?? asText)(inner);
  const quoted = `coalesce('"' || replace(replace(${value}, '\\', '\\\\'), '"', '\\"') || '"', 'NULL')`;
  const element = depth > level ? listText({ element_type, depth } as ArrayArgs, inner, level + 1) : quoted;
  return `'{' || array_to_string(list_transform(${sql}, lambda ${inner}: ${element}), ',') || '}'`;
}

/** Types whose text holds none of the characters that mean something to COPY. */
const PLAIN = /^(BOOLEAN|U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|DECIMAL\(.*\)|FLOAT|DOUBLE|UUID|DATE|TIME|TIMESTAMP.*)$/i;

/** With the characters escaped that part values and lines, and the one that escapes. Most texts have none: to look costs less than to replace. */
const escaped: Value = (text) =>
  `case when contains(${text}, '\\') or contains(${text}, chr(10)) or contains(${text}, chr(13)) or contains(${text}, chr(9)) ` +
  `then replace(replace(replace(replace(${text}, '\\', '\\\\'), chr(10), '\\n'), chr(13), '\\r'), chr(9), '\\t') else ${text} end`;

/** A column of a part as it stands in the text of a COPY. */
export function copyText(column: ColumnPlan): string {
  const name = identifier(column.name);
  const text = written(column, name);
  return `${PLAIN.test(column.neutral_type) && column.type !== 'array' ? text : escaped(`(${text})`)} as ${name}`;
}

/** How DuckDB writes the lines that PostgreSQL's text format has: nothing in quotes, and `\N` for null. */
export const COPY_TEXT = `format csv, header false, delimiter '\\t', quote '', escape '', nullstr '\\N', compression 'none'`;
