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
  creator: 'text[]',
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

/** The index of runs' tags has only those that have some, and PostgreSQL sees that it will do when it is told so. */
const tagged = (sql: Sql, column: Fragment, condition: Fragment): Fragment => sql`(${condition} and ${column} <> '{}')`;

/** One operator as SQL. Each takes one parameter, however long its list is. */
function compare(sql: Sql, column: Fragment, { type }: FilterField, op: Operator, value: unknown): Fragment {
  const list = () => sql`${pgArray(value as string[])}::${sql.unsafe(ARRAYS[type])}`;
  switch (op) {
    case 'any_':
      // Of one value an index has the rows in the order of its further columns; of a list only newer PostgreSQLs see that.
      if (type !== 'text[]' && (value as unknown[]).length === 1) return sql`${column} = ${(value as string[])[0] as string}`;
      return type === 'text[]' ? tagged(sql, column, sql`${column} && ${list()}`) : sql`${column} = any(${list()})`;
    case 'not_any_':
      return type === 'text[]' ? sql`not (${column} && ${list()})` : sql`not (${column} = any(${list()}))`;
    case 'all_':
      return tagged(sql, column, sql`${column} @> ${list()}`);
    case 'is_null_':
      if (type === 'text[]') return value ? sql`${column} = '{}'` : sql`${column} <> '{}'`;
      return value ? sql`${column} is null` : sql`${column} is not null`;
    case 'like_':
      return sql`${column} ilike ${contains(value)}`;
    case 'startswith_':
      return sql`${column} ilike any(${pgArray([value].flat().map((start) => `${contains(start).slice(1)}`))}::text[])`;
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
    case 'id_':
    case 'type_':
      return sql`(${column} ->> ${op.slice(0, -1)}) = any(${list()})`;
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

/** What no view has as a column, since it would be looked up for every record that is listed. */
const LOOKED_UP: { readonly [column: string]: (alias: string) => string } = {
  a_deployment_id: (alias) => `(select d.id from deployment d where d.flow_id = ${alias}.id limit 1)`,
  subflow_run_id: (alias) => `(select r.id from flow_run r where r.parent_task_run_id = ${alias}.id limit 1)`,
};

function compileNode(sql: Sql, node: FilterNode, alias: string, value: Group): Fragment {
  if ('group' in node) return compileTable(sql, node.group, alias, askedOf(node.group, value));
  const at = (name: string) => sql`${sql(`${alias}.${name}`)}`;
  const lookUp = LOOKED_UP[node.column];
  const column = lookUp ? sql.unsafe(lookUp(alias)) : at(node.column);
  if (node.nullFirst) return compileField(sql, node, column, nullFirst(value));
  if (node.beside) return compileField(sql, node, sql`(${column} || ' ' || ${at(node.beside)})`, value);
  // A client of 2.x means the time alone.
  return compileField(sql, node, column, value, node.instead && value['alone'] !== true ? sql`coalesce(${column}, ${at(node.instead)})` : undefined);
}

/** Empty lists and texts of these ask nothing, as in Prefect: a run has all tags of none. */
const ASKS_NOTHING: readonly Operator[] = ['all_', 'not_any_', 'like_'];

const asks = (value: Group, op: Operator) => value[op] != null && !(ASKS_NOTHING.includes(op) && (value[op] as string | unknown[]).length === 0);

/** Inside of a group a field that asks nothing is no condition: joined by or it would let everything through. */
const askedOf = (table: { readonly [name: string]: FilterField }, { operator, ...fields }: Group): Group => ({
  ...(operator && { operator }),
  ...Object.fromEntries(Object.entries(fields).filter(([name, value]) => value != null && table[name]?.ops.some((op) => asks(value as Group, op)))),
});

/** A record that belongs to none is asked for alone, and whoever names some wants these: Prefect's filter of task runs by their flow run. */
function nullFirst(value: Group): Group {
  const { is_null_, any_, ...rest } = value;
  if (is_null_ === true) return { ...rest, is_null_ };
  return any_ == null ? value : { ...rest, any_ };
}

function compileField(sql: Sql, node: FilterField, column: Fragment, value: Group, time: Fragment | undefined = column): Fragment {
  const terms = node.ops
    .filter((op) => asks(value, op))
    .map((op) => compare(sql, op === 'before_' || op === 'after_' ? time : column, node, op, value[op]));
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

const OF_ARTIFACT = {
  flow: 'o.id = (select flow_id from flow_run where id = v.flow_run_id)',
  flow_run: 'o.id = v.flow_run_id',
  task_run: 'o.id = v.task_run_id',
  deployment: 'o.id = (select deployment_id from flow_run where id = v.flow_run_id)',
};

/** How a record is tied to those that a filter of another noun asks about: from `v` to `o`, a row of the other's view. */
const TIES: {
  readonly [from in 'flow' | 'flow_run' | 'task_run' | 'deployment' | 'artifact' | 'artifact_collection']: { readonly [to in Noun]?: string };
} = {
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
  artifact: OF_ARTIFACT,
  artifact_collection: OF_ARTIFACT,
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
  ['artifacts', 'artifact'],
  ['artifact_collections', 'artifact_collection'],
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
