import type { Noun } from '@sluice/core/api/filter-table';
import type { SortKey } from '@sluice/core/api/keyset';
import { type Fragment, plannedForItsValues, type Sql } from '../db/database.ts';
import { FEW, findsFew } from './cost.ts';
import { compileParts } from './filters.ts';
import type { RecordView } from './records.ts';
import { soughtInSpan } from './span.ts';

/** Where a list was left: what its last record is sorted by, and its id. */
export interface Cursor {
  readonly value: string;
  readonly id: string;
}

export interface KeysetPage {
  readonly ids: readonly string[];
  readonly next: Cursor | null;
  /** The time of the last record that was looked at, when that was where it stopped. */
  readonly reached: string | null;
}

export type ListView = Extract<RecordView, 'flow_run_view' | 'task_run_view' | 'log_view'>;

/** A list that is walked: so many of its rows one request looks at, the column that tells when they were, and its filter. */
export const LISTS = {
  flow_run_view: { looksAt: 15_000, at: 'expected_start_time', noun: 'flow_run' },
  task_run_view: { looksAt: 15_000, at: 'expected_start_time', noun: 'task_run' },
  log_view: { looksAt: 10_000, at: '"timestamp"', noun: 'log' },
} as const satisfies { readonly [V in ListView]: { readonly looksAt: number; readonly at: string; readonly noun: Noun } };

/** What an index has together with the order of a list, so that the walk is over these rows alone: a run's lines, a span of time. */
function walkedParts(view: ListView, { expression }: SortKey): { readonly [field: string]: string } {
  // A run that has a start time is sorted by it.
  const field = expression.startsWith('coalesce(start_time,') ? 'start_time' : expression.replaceAll('"', '');
  const ofRun = view === 'flow_run_view' ? {} : { flow_run_id: 'v.flow_run_id' };
  return { ...ofRun, ...(field.endsWith('time') || field === 'timestamp' ? { [field]: expression } : {}) };
}

/** Lines of one run are sought at once: who searches a run wants all that it has. */
const LINES_OF_RUNS = 100_000;

const looksAt = (view: ListView, own: Own): number =>
  view === 'log_view' && own && 'flow_run_id' in own && own.flow_run_id ? LINES_OF_RUNS : LISTS[view].looksAt;

type Own = object | null | undefined;

export interface KeysetQuery {
  readonly view: ListView;
  readonly key: SortKey;
  /** A filter that `filters.ts` has made; undefined for all. */
  readonly where?: Fragment | undefined;
  /** The part of it that is about the listed noun itself. */
  readonly own?: Own;
  readonly after?: Cursor | undefined;
  readonly limit: number;
}

/** As many rows of a list as one request looks at, in its order. */
export function walk(sql: Sql, view: ListView, { key, own, after }: Pick<KeysetQuery, 'key' | 'own' | 'after'>): Fragment {
  const { noun } = LISTS[view];
  return sql`
    ${rowsAfter(sql, view, key, after)} and ${compileParts(sql, noun, own, walkedParts(view, key))} ${orderBy(sql, key, key.expression)}
    limit ${looksAt(view, own)}`;
}

/** The rows of a list after a cursor, each with what it is sorted by. */
function rowsAfter(sql: Sql, view: ListView, { expression, descending }: SortKey, after: Cursor | undefined): Fragment {
  const sorted = sql.unsafe(expression);
  return sql`select v.*, ${sorted} as sort_key from ${sql(view)} v where ${isAfter(sql, sorted, descending, after)}`;
}

const isAfter = (sql: Sql, sorted: Fragment, descending: boolean, after: Cursor | undefined): Fragment =>
  after ? sql`(${sorted}, id) ${descending ? sql`<` : sql`>`} (${after.value}, ${after.id}::uuid)` : sql`${sorted} is not null`;

/**
 * Finds the ids of the next page of a list, without a look at the pages before it. What the planner finds few of is looked up and
 * sorted, and so is what a span of time has few of. Of the rest the rows are walked in the list's own order, and no more of them than
 * one request may look at: the planner cannot know that what it seeks stands at the far end of a million rows.
 */
export async function findPage(sql: Sql, { view, key, where, own, after, limit }: KeysetQuery): Promise<KeysetPage> {
  const order = orderBy(sql, key, 'v.sort_key');
  const found = async (from: Fragment, condition = sql`true`) => {
    // As text when it is sorted: a text would be made for every row that is found.
    const page = sql<{ id: string; value: string }[]>`
      select v.id, to_json(v.sort_key) #>> '{}' as value
      from (select v.id, v.sort_key from (${from}) v where ${condition} ${order} limit ${limit + 1}) v ${order}`;
    return toPage(await (where ? plannedForItsValues(page) : page), limit);
  };

  const rows = rowsAfter(sql, view, key, after);
  if (!where) return found(rows);
  if (await findsFew(sql, sql`select from ${sql(view)} v where ${where}`)) return found(sql`${rows} and ${where}`);
  const sought = await soughtInSpan(sql, { noun: LISTS[view].noun, key, where, own });
  if (sought && sought.cost <= FEW) return found(sought.rows, isAfter(sql, sql`v.sort_key`, key.descending, after));
  const walked = walk(sql, view, { key, own, after });
  const page = await found(walked, where);
  if (page.next) return page;
  const last = await readReach(sql, { view, key, own }, walked);
  return last ? { ids: page.ids, next: { value: last.value, id: last.id }, reached: last.reached } : page;
}

/** The last row of a walk that went as far as it may; undefined when the list ended before. */
async function readReach(
  sql: Sql,
  { view, key, own }: Pick<KeysetQuery, 'view' | 'key' | 'own'>,
  walked: Fragment,
): Promise<(Cursor & { reached: string | null }) | undefined> {
  const { at } = LISTS[view];
  const [last] = await sql<(Cursor & { reached: string | null })[]>`
    select v.id, to_json(w.sort_key) #>> '{}' as value, to_json(v.${sql.unsafe(at)}) #>> '{}' as reached
    from (select id, sort_key from (${walked}) v ${orderBy(sql, key, 'v.sort_key')} offset ${looksAt(view, own) - 1} limit 1) w
    join ${sql(view)} v on v.id = w.id`;
  return last;
}

/** By the sort key, however it is called, and then by the id: a cursor names one place. */
export function orderBy(sql: Sql, { expression, descending }: SortKey, name: string): Fragment {
  const direction = sql.unsafe(descending ? 'desc' : 'asc');
  return expression === 'id' ? sql`order by v.id ${direction}` : sql`order by ${sql.unsafe(name)} ${direction}, v.id ${direction}`;
}

/** One row more than the page holds has been read: it tells whether there is a next page. */
function toPage(rows: readonly { id: string; value: string }[], limit: number): KeysetPage {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { ids: page.map(({ id }) => id), next: rows.length > limit && last ? { value: last.value, id: last.id } : null, reached: null };
}
