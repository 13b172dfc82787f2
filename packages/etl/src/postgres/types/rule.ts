import type { JsonObject } from '@sluice/core/lib/json';
import type { Dialect } from './shapes.ts';

/** What the types table says of a column in PostgreSQL, and of its text on the way into DuckDB. */
export interface PostgresRule {
  /** The column in the list of the COPY; itself where nothing is said. */
  copy?(column: string, args: JsonObject): string;
  /** What the shape sums: see the rule of the same name in `duckdb/rules.ts`. */
  value(column: string, args: JsonObject, dialect: Dialect): string;
  /** The value in the text of a row; the text of `value` where nothing is said. */
  text?(column: string, args: JsonObject, dialect: Dialect): string;
  /** Which values DuckDB has no equal for: their rows go to quarantine. */
  unfit?(column: string, args: JsonObject): Finding;
  /** Which values lose something that is not their content: they are kept, and told. */
  remark?(column: string, args: JsonObject): Finding | readonly Finding[];
  /** The type that DuckDB's reader gives to what COPY wrote; the column's own where nothing is said. */
  readonly spool?: 'VARCHAR' | 'INTEGER';
  /** How the value is made from that. */
  read?(spooled: string, args: JsonObject): string;
}

/** A condition in SQL, and what it means. */
export interface Finding {
  readonly when: string;
  readonly reason: string;
  /** An aggregate that tells whether there is any such row, where that is cheaper than to look at each. */
  readonly noticed?: string;
}

/** One finding, or several, or none. */
export const asList = (found: Finding | readonly Finding[] | undefined): readonly Finding[] =>
  found === undefined ? [] : 'when' in found ? [found] : found;

/** A value in the text of a row; null for null. */
export const rowText = (rule: PostgresRule, sql: string, args: JsonObject, dialect: Dialect): string =>
  rule.text ? rule.text(sql, args, dialect) : `(${rule.value(sql, args, dialect)})::text`;

export const textBytes = (text: string, { utf8 }: Dialect): string => `octet_length(${utf8 ? text : `convert_to(${text}, 'UTF8')`})`;
