import {
  type ColumnType,
  FILTERS,
  type FilterField,
  type FilterNode,
  type FilterTable,
  type Noun,
  type Operator,
} from '@sluice/core/api/filter-table';
import { parseTextQuery } from '@sluice/core/text/text-query';
import type { Fragment, Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

type Group = { readonly operator?: 'and_' | 'or_' } & { readonly [field: string]: unknown };

const ARRAYS: Record<ColumnType, string> = {
  uuid: 'uuid[]',
  text: 'text[]',
  'text[]': 'text[]',
  timestamptz: 'timestamptz[]',
  integer: 'integer[]',
  state_type: 'text[]',
  boolean: 'boolean[]',
};

/** `%` and `_` of the user's text mean themselves. */
const contains = (text: unknown) => `%${String(text).replace(/[\\%_]/g, '\\$&')}%`;

/** A text that has any of the query's words, or phrases, all that must be there and none that must not. */
function search(sql: Sql, column: Fragment, query: string): Fragment {
  const { any, all, none } = parseTextQuery(query);
  const has = (term: string) => sql`${column} ilike ${contains(term)}`;
  return join(
    sql,
    [...(any.length > 0 ? [join(sql, any.map(has), 'or_')] : []), ...all.map(has), ...none.map((term) => sql`not ${has(term)}`)],
    'and_',
  );
}

/** One operator as SQL. Each takes one parameter, however long its list is. */
function compare(sql: Sql, column: Fragment, { type }: FilterField, op: Operator, value: unknown): Fragment {
  const list = () => sql`${pgArray(value as string[])}::${sql.unsafe(ARRAYS[type])}`;
  switch (op) {
    case 'any_':
      // Of one value an index has the rows in the order of its further columns; of a list only newer PostgreSQLs see that.
      if (type !== 'text[]' && (value as unknown[]).length === 1) return sql`${column} = ${(value as string[])[0] as string}`;
      return type === 'text[]' ? sql`${column} && ${list()}` : sql`${column} = any(${list()})`;
    case 'not_any_':
      return type === 'text[]' ? sql`not (${column} && ${list()})` : sql`(${column} = any(${list()})) is not true`;
    case 'all_':
      return sql`${column} @> ${list()}`;
    case 'is_null_':
      if (type === 'text[]') return value ? sql`${column} = '{}'` : sql`${column} <> '{}'`;
      return value ? sql`${column} is null` : sql`${column} is not null`;
    case 'like_':
      return sql`${column} ilike ${contains(value)}`;
    case 'startswith_':
      return sql`starts_with(${column}, ${String(value)})`;
    case 'before_':
      return sql`${column} <= ${String(value)}::timestamptz`;
    case 'after_':
      return sql`${column} >= ${String(value)}::timestamptz`;
    case 'ge_':
      return sql`${column} >= ${value as number}`;
    case 'le_':
      return sql`${column} <= ${value as number}`;
    case 'eq_':
      return sql`${column} = ${value as string}`;
    case 'query':
      return search(sql, column, String(value));
    case 'exists_':
      return value ? sql`${column} is not null` : sql`${column} is null`;
  }
}

function join(sql: Sql, terms: readonly Fragment[], operator: 'and_' | 'or_' | undefined): Fragment {
  const [first, ...rest] = terms;
  if (!first) return sql`true`;
  const between = operator === 'or_' ? sql`or` : sql`and`;
  return sql`(${rest.reduce((all, term) => sql`${all} ${between} ${term}`, first)})`;
}

function compileNode(sql: Sql, node: FilterNode, alias: string, value: Group): Fragment {
  if ('group' in node) return compileTable(sql, node.group, alias, value);
  const column = sql`${sql(`${alias}.${node.column}`)}`;
  return compileField(sql, node, node.beside ? sql`(${column} || ' ' || ${sql(`${alias}.${node.beside}`)})` : column, value);
}

function compileField(sql: Sql, node: FilterField, column: Fragment, value: Group): Fragment {
  const terms = node.ops.filter((op) => value[op] != null).map((op) => compare(sql, column, node, op, value[op]));
  return join(sql, terms, value.operator);
}

function compileTable(sql: Sql, table: FilterTable, alias: string, filter: Group): Fragment {
  const terms = Object.entries(table).flatMap(([name, node]) => (filter[name] == null ? [] : [compileNode(sql, node, alias, filter[name] as Group)]));
  return join(sql, terms, filter.operator);
}

/** A request's filter on one noun as a condition on the view `alias`. */
export function compileFilter(sql: Sql, noun: Noun, filter: object | null | undefined, alias = 'v'): Fragment {
  return filter ? compileTable(sql, FILTERS[noun], alias, filter as Group) : sql`true`;
}

/** The parts of a filter on these fields, which hold for all that it lets through; of a column, or of what has its values instead. */
export function compileParts(sql: Sql, noun: Noun, filter: object | null | undefined, columns: { readonly [field: string]: string }): Fragment {
  const { operator, ...fields } = (filter ?? {}) as Group;
  if (operator === 'or_') return sql`true`;
  const table: FilterTable = FILTERS[noun];
  const parts = Object.entries(columns).flatMap(([name, column]) => {
    const node = table[name];
    const asked = fields[name] as Group | null | undefined;
    return asked == null || asked['is_null_'] != null || !node || 'group' in node ? [] : [compileField(sql, node, sql.unsafe(column), asked)];
  });
  return join(sql, parts, 'and_');
}

/** How a record is tied to those that a filter of another noun asks about: from `v` to `o`, a row of the other's view. */
const TIES: { readonly [from in 'flow' | 'flow_run' | 'task_run' | 'deployment']: { readonly [to in Noun]?: string } } = {
  flow: {
    flow_run: 'o.flow_id = v.id',
    task_run: 'o.flow_run_id in (select id from flow_run where flow_id = v.id)',
    deployment: 'o.flow_id = v.id',
    work_pool: 'o.id in (select q.work_pool_id from deployment d join work_queue q on q.id = d.work_queue_id where d.flow_id = v.id)',
    work_queue: 'o.id in (select work_queue_id from deployment where flow_id = v.id)',
  },
  flow_run: {
    flow: 'o.id = v.flow_id',
    task_run: 'o.flow_run_id = v.id',
    deployment: 'o.id = v.deployment_id',
    work_pool: 'exists (select from work_queue q where q.id = v.work_queue_id and q.work_pool_id = o.id)',
    work_queue: 'o.id = v.work_queue_id',
  },
  task_run: {
    flow: 'o.id = (select flow_id from flow_run where id = v.flow_run_id)',
    flow_run: 'o.id = v.flow_run_id',
    deployment: 'o.id = (select deployment_id from flow_run where id = v.flow_run_id)',
    work_queue: 'o.id = (select work_queue_id from flow_run where id = v.flow_run_id)',
    work_pool: 'o.id = (select q.work_pool_id from flow_run r join work_queue q on q.id = r.work_queue_id where r.id = v.flow_run_id)',
  },
  deployment: {
    flow: 'o.id = v.flow_id',
    flow_run: 'o.deployment_id = v.id',
    task_run: 'o.flow_run_id in (select id from flow_run where deployment_id = v.id)',
    work_pool: 'o.id = (select work_pool_id from work_queue where id = v.work_queue_id)',
    work_queue: 'o.id = v.work_queue_id',
  },
};

/** The filters of a request, by the key they have in its body. */
const KEYS: readonly [key: string, noun: Noun][] = [
  ['flows', 'flow'],
  ['flow_runs', 'flow_run'],
  ['task_runs', 'task_run'],
  ['deployments', 'deployment'],
  ['work_pools', 'work_pool'],
  ['work_pool_queues', 'work_queue'],
  ['work_queues', 'work_queue'],
];

/** All filters of a request as one condition on the listed noun's view `v`. */
export function compileFilters(sql: Sql, noun: keyof typeof TIES, filters: { readonly [key: string]: unknown }): Fragment {
  const terms = KEYS.flatMap(([key, other]) => {
    const filter = filters[key] as Group | null | undefined;
    if (!filter) return [];
    if (other === noun) return [compileFilter(sql, noun, filter)];
    const tie = TIES[noun][other];
    return tie ? [sql`exists (select from ${sql(`${other}_view`)} o where ${sql.unsafe(tie)} and ${compileFilter(sql, other, filter, 'o')})`] : [];
  });
  return join(sql, terms, 'and_');
}

/** The same; undefined when nothing is asked. */
export const anyFilter = (sql: Sql, noun: keyof typeof TIES, filters: { readonly [key: string]: unknown }): Fragment | undefined =>
  KEYS.some(([key]) => filters[key] != null) ? compileFilters(sql, noun, filters) : undefined;
