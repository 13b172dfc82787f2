import type { JsonObject } from '@sluice/core/lib/json';
import type pg from 'pg';
import type { ColumnPlan, TablePlan } from '../../model.ts';
import type { ArrayArgs } from '../../postgres/types/arrays.ts';
import { identifier } from '../../types/sql.ts';
import { MIXED, mixedNote } from './columns.ts';
import { type Relation, readable } from './relations.ts';
import { type Carrier, measuredDecimal } from './types/resolve.ts';

/** A column whose values decide what becomes of it. */
interface Question {
  /** Place of the column. */
  readonly index: number;
  /** Aggregates over the table, as SQL; all give a number or a text. */
  readonly sql: readonly string[];
  answer(column: ColumnPlan, found: readonly (string | null)[]): Answer;
}

interface Answer {
  readonly column: ColumnPlan;
  readonly note?: string;
}

/**
 * Types that only the values can say: a DECIMAL for `numeric` without bounds, the dimensions of arrays. All values are looked at, in the
 * transaction that reads them, so what is found holds for every row; tables without such columns cost nothing.
 */
export async function measureColumns(client: pg.Client, relation: Relation, plan: TablePlan): Promise<TablePlan> {
  const questions = plan.columns.flatMap((column, index) => [...askNumeric(column, index), ...askArray(column, index)]);
  if (questions.length === 0) return plan;
  const all = questions.flatMap(({ sql }) => sql).map((sql) => `(${sql})::text`);
  const { rows } = await client.query<{ found: (string | null)[] }>(`select array[${all.join(', ')}] as found from ${readable(relation)}`);
  const found = [...(rows[0]?.found ?? [])];
  const [columns, notes] = [[...plan.columns], [...plan.notes]];
  for (const { index, sql, answer } of questions) {
    const { column, note } = answer(columns[index] as ColumnPlan, found.splice(0, sql.length));
    columns[index] = column;
    if (note !== undefined) notes.push(note);
  }
  return { ...plan, columns, notes };
}

const argsOf = ({ type_args }: ColumnPlan): ArrayArgs => type_args as unknown as ArrayArgs;

const isUnmeasured = (args: JsonObject): boolean => args['unmeasured'] === true;

/** Of each value, or of each element of an array. */
function overall(which: 'min' | 'max', column: ColumnPlan, sql: (value: string) => string): string {
  const name = identifier(column.source_name);
  return column.type === 'array' ? `${which}((select ${which}(${sql('e')}) from unnest(${name}) as u(e)))` : `${which}(${sql(name)})`;
}

function askNumeric(column: ColumnPlan, index: number): Question[] {
  if (!isUnmeasured(column.type === 'array' ? argsOf(column).element_args : column.type_args)) return [];
  const itself = (value: string) => value;
  // NaN is greater than all numbers, infinity than all others.
  const sql = [
    overall('min', column, itself),
    overall('max', column, itself),
    overall('max', column, (value) => `scale(${value})`),
    overall('max', column, (value) => `min_scale(${value})`),
  ];
  return [{ index, sql, answer: answerNumeric }];
}

function answerNumeric(column: ColumnPlan, [least = null, most = null, ...scales]: readonly (string | null)[]): Answer {
  const special = [least, most].find((each) => each !== null && /[a-z]/i.test(each));
  const before = Math.max(digitsBefore(least), digitsBefore(most));
  const [scale, needed] = [Number(scales[0] ?? 0), Number(scales[1] ?? 0)];
  const found = special === undefined ? measuredDecimal(before, scale, needed) : undefined;
  if (found) return { column: { ...column, ...(column.type === 'array' ? elementsOf(column, found) : found) } };
  const why =
    special === undefined
      ? `its values have up to ${before} digits before the point and ${needed} behind it, and DECIMAL has 38`
      : `${special} is not a value of DECIMAL`;
  return { column, note: `Column ${column.name} keeps the text of its ${column.source_type}: ${why}.` };
}

const digitsBefore = (number: string | null): number => (/^-?0*(\d*)/.exec(number ?? '')?.[1] ?? '').length;

function elementsOf(column: ColumnPlan, { type, type_args, neutral_type }: Carrier): Pick<ColumnPlan, 'type' | 'type_args' | 'neutral_type'> {
  const args = { ...argsOf(column), element: type, element_args: type_args, element_type: neutral_type };
  return arrayOf(args);
}

const arrayOf = (args: ArrayArgs): Pick<ColumnPlan, 'type' | 'type_args' | 'neutral_type'> => ({
  type: 'array',
  type_args: { ...args },
  neutral_type: args.element_type + '[]'.repeat(args.depth),
});

/** When it is planned only the first rows are looked at, and of a view none: its first one may take as long as all. */
function askArray(column: ColumnPlan, index: number): Question[] {
  if (column.type !== 'array') return [];
  const dimensions = `array_ndims(${identifier(column.source_name)})`;
  return [{ index, sql: [`min(${dimensions})`, `max(${dimensions})`], answer: answerArray }];
}

function answerArray(column: ColumnPlan, [least = null, most = null]: readonly (string | null)[]): Answer {
  if (least === null || most === null) return { column };
  if (least === most) return { column: { ...column, ...arrayOf({ ...argsOf(column), depth: Number(most) }) } };
  const { type, type_args, neutral_type } = MIXED;
  return { column: { ...column, type, type_args, neutral_type }, note: mixedNote(column.name, [Number(least), Number(most)]) };
}
