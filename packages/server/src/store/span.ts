import type { Noun } from '@sluice/core/api/filter-table';
import type { SortKey } from '@sluice/core/api/keyset';
import type { Fragment, Sql } from '../db/database.ts';
import { costOf } from './cost.ts';

/** Times by which an index finds runs, by the field of a filter. */
const TIMES: { readonly [N in Noun]?: { readonly [field: string]: string } } = {
  flow_run: { expected_start_time: 'expected_start_time', start_time: 'coalesce(start_time, expected_start_time)', end_time: 'end_time' },
  task_run: { expected_start_time: 'expected_start_time' },
};

/** Runs stand in these orders much as they stand in any other order by time. */
const BY_TIME = ['id', 'expected_start_time', 'coalesce(start_time, expected_start_time)', 'end_time', 'next_scheduled_start_time'];

/**
 * Runs with the columns that filters name. A view joins more to a run, and even of a join that it leaves out the planner keeps the column,
 * and fetches each run for it, where the index has all that is asked for.
 */
const runs = (sql: Sql, noun: Noun) =>
  noun !== 'flow_run'
    ? sql`${sql(`${noun}_view`)} v`
    : sql`(
    select r.*, (select q.name from work_queue q where q.id = r.work_queue_id) as work_queue_name,
      (select t.flow_run_id from task_run t where t.id = r.parent_task_run_id) as parent_flow_run_id
    from flow_run r) v`;

export interface List {
  readonly noun: Noun;
  readonly key: SortKey;
  /** A filter that `filters.ts` has made. */
  readonly where: Fragment;
  /** The part of it that is about the listed noun itself. */
  readonly own: object | null | undefined;
}

/** What is sought, as rows of an id and a `sort_key`, and what it costs to find it, in the planner's own units. */
export interface Sought {
  readonly rows: Fragment;
  readonly cost: number;
}

/**
 * Runs of a span of time stand together in every order by time, and the planner takes them for evenly spread: it would walk a list by its
 * start past all that was expected after the span. So it is asked which is more: what the list has before the span, or what is sought in
 * it. The latter is told here: it is found by the span's own index. Undefined where the list is better walked.
 */
export async function soughtInSpan(sql: Sql, { noun, key: { expression, descending }, where, own }: List): Promise<Sought | undefined> {
  const span = spanOf(noun, own, expression, descending ? 'before_' : 'after_');
  if (!span) return undefined;
  const time = sql.unsafe(span.time);
  // In the span's order, which is nearly the list's: most rows are not among the first, and are not kept.
  const rows = sql`
    select id, ${sql.unsafe(expression)} as sort_key from ${runs(sql, noun)} where ${where} order by ${time} ${descending ? sql`desc` : sql`asc`}`;
  const before = sql`select v.* from ${sql(noun)} v where ${time} ${descending ? sql`>` : sql`<`} ${span.edge}::timestamptz`;
  const [cost, costBefore] = await Promise.all([costOf(sql, rows), costOf(sql, before)]);
  return cost < costBefore ? { rows, cost } : undefined;
}

/** The span of time that a filter names, and its edge at which such a list comes to it; undefined where it comes to it at once. */
function spanOf(noun: Noun, own: List['own'], expression: string, op: 'before_' | 'after_'): { time: string; edge: string } | undefined {
  if (!BY_TIME.includes(expression)) return undefined;
  const asked = own as { readonly [field: string]: { readonly [O in typeof op]?: string | null } | null } | null | undefined;
  const spans = Object.entries(TIMES[noun] ?? {}).flatMap(([field, time]) => {
    const edge = asked?.[field]?.[op];
    return edge == null ? [] : [{ time, edge }];
  });
  return spans.some(({ time }) => time === expression) ? undefined : spans[0];
}
