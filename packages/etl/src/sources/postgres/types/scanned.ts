import type { ColumnPlan } from '../../../model.ts';
import { readArray } from '../../../postgres/types/arrays.ts';
import { postgresRule } from '../../../postgres/types/sums.ts';
import type { RuleName } from '../../../types/rules.ts';
import { identifier } from '../../../types/sql.ts';

/** How values of a rule come through DuckDB's own reader of PostgreSQL, which takes them in the binary form. */
interface Scanned {
  /** The value in the list of the query, so that the reader has no choice. */
  select(column: string, plan: ColumnPlan): string;
  /** How the planned value is made from what the reader gives; itself where nothing is said. */
  read?(value: string, plan: ColumnPlan): string;
}

const asItIs: Scanned = { select: (column) => column };

/** The text that COPY would write. */
const asCopied: Scanned = { select: (column, plan) => `(${postgresRule(plan).copy?.(column, plan.type_args) ?? column})::text` };

/** The text of the sums is the text of the value. */
const asSummed: Scanned = {
  select: (column, plan) => postgresRule(plan).value(column, plan.type_args, { version: 0, utf8: true, toasted: false }),
};

/** With precision and scale always said: without them the reader makes a DOUBLE, and of a negative scale a DECIMAL that nobody can read. */
const asDecimal: Scanned = {
  select: (column, { neutral_type }) => `((${column})::numeric)::${neutral_type.replace('DECIMAL', 'numeric')}`,
};

const asJson: Scanned = { ...asCopied, read: (text) => `${text}::JSON` };

/** Characters of a `char(n)`; undefined where the type does not say, as that of a domain. */
const lengthOf = ({ source_type }: ColumnPlan): string | undefined => /^character\((\d+)\)$/.exec(source_type)?.[1];

/** A row for each rule: what the reader changes is cast in PostgreSQL. Tests read every type by both lanes, and compare the parts. */
const SCANNED: { readonly [name in RuleName]: Scanned } = {
  integer: asItIs,
  oid: asItIs,
  decimal: asDecimal,
  wide_decimal: asDecimal,
  money: asDecimal,
  float4: asItIs,
  float8: asItIs,
  bool: asItIs,
  date: asItIs,
  timestamp: asItIs,
  timestamptz: asItIs,
  time: asItIs,
  /** The parts hold the text of these. */
  timetz: asSummed,
  interval: asSummed,
  bit: asSummed,
  text: asCopied,
  /** The reader takes the padding off. To put it on again here costs a tenth of what PostgreSQL takes to write it. */
  bpchar: {
    select: (column, plan) => (lengthOf(plan) === undefined ? `textin(bpcharout(${column}))` : column),
    read: (value, plan) => (lengthOf(plan) === undefined ? value : `rpad(${value}, ${lengthOf(plan)}, ' ')`),
  },
  bytea: asItIs,
  uuid: asItIs,
  json: asJson,
  jsonb: asJson,
  inet: asSummed,
  composite: asJson,
  array: { ...asCopied, read: (text, { type_args }) => readArray(text, type_args) },
  other: asCopied,
};

const ruleOf = ({ type }: ColumnPlan): Scanned => SCANNED[type as RuleName];

/** The columns as the query that is sent to PostgreSQL lists them: `c0`, `c1` and so on, for DuckDB ignores case in names. */
export const scanList = (columns: readonly ColumnPlan[]): string =>
  columns.map((column, index) => `${ruleOf(column).select(identifier(column.source_name), column)} as c${index}`).join(', ');

/** The planned columns, of what that query gave. */
export const scannedList = (columns: readonly ColumnPlan[]): string =>
  columns.map((column, index) => `${ruleOf(column).read?.(`c${index}`, column) ?? `c${index}`} as ${identifier(column.name)}`).join(', ');
