import type { ColumnPlan, TablePlan, VerifyLevel } from '../../model.ts';
import { literal } from '../../types/sql.ts';
import { quoted, quotedTable } from './names.ts';
import { mysqlRule } from './types/rules.ts';
import { sumsQuery } from './types/sums.ts';

const LARGE = /text|blob|json|geom|point|line|polygon/;

/** From here on the text of a bad row has the length in the place of a value. */
const SHOWN = 100_000;

/** Why rows are not kept, by the first reason that holds. */
interface Unfit {
  readonly when: string;
  readonly column: string | null;
  readonly reason: string;
}

/** The SQL that reads a planned table, all of it in one transaction. */
export class TableQueries {
  readonly #plan: TablePlan;
  readonly #from: string;
  readonly #unfit: readonly Unfit[];

  constructor(plan: TablePlan) {
    this.#plan = plan;
    this.#from = `from ${quotedTable({ schema: plan.from.schema ?? '', name: plan.from.name })}`;
    this.#unfit = [...unfitColumns(plan.columns), ...tooLarge(plan.columns)];
  }

  /** How many rows there are, and how many values of each column that are none of its type. */
  counts(): { readonly sql: string; readonly columns: readonly string[] } {
    const unfit = unfitColumns(this.#plan.columns);
    const sums = unfit.map(({ when }) => `coalesce(sum((${when}) is true), 0)`);
    return { sql: `select ${['count(*)', ...sums].join(', ')} ${this.#from}${this.#where()}`, columns: unfit.map(({ column }) => column ?? '') };
  }

  sums(verify: VerifyLevel): string {
    return `select ${sumsQuery(this.#plan.columns, verify)} ${this.#from}${this.#where(this.#fit())}`;
  }

  /** Each row as one line, its values between tabs. One of a single column begins with another one: an empty line is skipped. */
  lines(): string {
    const values = this.#plan.columns.map((column) => `ifnull(${mysqlRule(column).send(quoted(column.source_name))}, x'5C4E')`);
    const filled = values.length === 1 ? [`'1'`, ...values] : values;
    return `select concat(${filled.join(`, x'09', `)}) ${this.#from}${this.#where(this.#fit())}`;
  }

  /** Column, reason and text of each row that is not kept; undefined where there can be none. */
  unfit(): string | undefined {
    if (this.#unfit.length === 0) return undefined;
    const pick = (of: (unfit: Unfit) => string) => `case ${this.#unfit.map((each) => `when ${each.when} then ${of(each)}`).join(' ')} end`;
    const named = (text: string) => literal(text).replaceAll('\\', '\\\\');
    const raw = `json_object(${this.#plan.columns.flatMap((column) => [named(column.source_name), shown(column)]).join(', ')})`;
    const column = pick((each) => (each.column === null ? 'null' : named(each.column)));
    return `select ${column}, ${pick(({ reason }) => literal(reason))}, ${raw} ${this.#from}${this.#where(`not (${this.#fit()})`)}`;
  }

  #fit(): string {
    return this.#unfit.length === 0 ? 'true' : `((${this.#unfit.map(({ when }) => `(${when})`).join(' or ')}) is not true)`;
  }

  #where(...conditions: readonly string[]): string {
    const { sample, columns } = this.#plan;
    const row = columns.map(({ source_name }) => quoted(source_name)).join(', ');
    const some = sample < 1 ? [`crc32(concat_ws('|', ${row})) < ${Math.ceil(sample * 2 ** 32)}`] : [];
    const all = [...conditions.filter((condition) => condition !== 'true'), ...some];
    return all.length > 0 ? ` where ${all.join(' and ')}` : '';
  }
}

const unfitColumns = (columns: readonly ColumnPlan[]): Unfit[] =>
  columns.flatMap((column) => {
    const when = mysqlRule(column).unfit?.(quoted(column.source_name));
    return when === undefined ? [] : [{ when, column: column.name, reason: `it is no value of ${column.neutral_type}` }];
  });

/** A line is a value for the server, and those have a limit, above which they are NULL. */
function tooLarge(columns: readonly ColumnPlan[]): Unfit[] {
  const large = columns
    .filter(({ source_type }) => LARGE.test(source_type))
    .map(({ source_name }) => `coalesce(octet_length(${quoted(source_name)}), 0)`);
  if (large.length === 0) return [];
  return [
    {
      when: `(${large.join(' + ')}) * 2 + 200000 > @@max_allowed_packet`,
      column: null,
      reason: 'with its values the row is larger than half of max_allowed_packet',
    },
  ];
}

function shown({ source_name, type }: ColumnPlan): string {
  const column = quoted(source_name);
  const text = type === 'bytea' ? `hex(${column})` : `cast(${column} as char character set utf8mb4)`;
  return `if(octet_length(${column}) > ${SHOWN}, concat('(', octet_length(${column}), ' bytes)'), ${text})`;
}
