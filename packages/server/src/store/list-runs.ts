import { sortKey } from '@sluice/core/api/keyset';
import { plannedForItsValues, type Sql } from '../db/database.ts';
import { costOf } from './cost.ts';
import { compileFilters } from './filters.ts';
import type { Filters } from './flow-run-counts.ts';
import { type JsonText, listRecords, readPage } from './records.ts';

type Noun = 'flow_run' | 'task_run';

/** Times by which an index finds runs, by the field of a filter. */
const TIMES: { readonly [N in Noun]: { readonly [field: string]: string } } = {
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
  noun === 'task_run'
    ? sql`task_run_view v`
    : sql`(
    select r.*, (select q.name from work_queue q where q.id = r.work_queue_id) as work_queue_name,
      (select t.flow_run_id from task_run t where t.id = r.parent_task_run_id) as parent_flow_run_id
    from flow_run r) v`;

interface List {
  readonly filters: Filters;
  /** From a table of ours, never from a request. */
  readonly order: string;
  readonly limit: number;
  readonly offset: number;
}

/**
 * A page of runs, as the text of a JSON array. Runs of a span of time stand together in every order by time, and the planner takes them for
 * evenly spread: it would walk a list by its start past all that was expected after the span. So it is asked which is more: what the list
 * has before the span, or what is sought in it. The latter is read by the span's own index and sorted, and only the page's runs are read.
 */
export async function listRuns(sql: Sql, noun: Noun, { filters, order, limit, offset }: List): Promise<JsonText> {
  const view = `${noun}_view` as const;
  const where = compileFilters(sql, noun, filters);
  const span = spanOf(noun, filters[`${noun}s`] as object | null | undefined, order);
  if (span) {
    const { expression, descending } = sortKey(order);
    const direction = descending ? sql`desc` : sql`asc`;
    const time = sql.unsafe(span.time);
    // In the span's order, which is nearly the list's: most rows are not among the first, and are not kept.
    const sought = sql`select id, ${sql.unsafe(expression)} as sort_key from ${runs(sql, noun)} where ${where} order by ${time} ${direction}`;
    const before = sql`select v.* from ${sql(noun)} v where ${time} ${descending ? sql`>` : sql`<`} ${span.edge}::timestamptz`;
    const [soughtCost, beforeCost] = await Promise.all([costOf(sql, sought), costOf(sql, before)]);
    if (soughtCost < beforeCost) {
      const page = sql`select id, sort_key from (${sought}) s order by sort_key ${direction}, id ${direction} limit ${limit} offset ${offset}`;
      const rows = sql`select v.* from (${page}) p join ${sql(view)} v on v.id = p.id order by p.sort_key ${direction}, p.id ${direction}`;
      return readPage(sql, view, rows, sql`row_to_json(v)::text`, plannedForItsValues);
    }
  }
  return listRecords(sql, view, { where, order, limit, offset });
}

/** The span of time that a filter names, and its edge at which such a list comes to it; undefined where it comes to it at once. */
function spanOf(noun: Noun, own: object | null | undefined, order: string): { time: string; edge: string } | undefined {
  const { expression, descending } = sortKey(order);
  if (!BY_TIME.includes(expression)) return undefined;
  const asked = own as { readonly [field: string]: { readonly before_?: string | null; readonly after_?: string | null } | null } | null | undefined;
  const spans = Object.entries(TIMES[noun]).flatMap(([field, time]) => {
    const edge = asked?.[field]?.[descending ? 'before_' : 'after_'];
    return edge == null ? [] : [{ time, edge }];
  });
  return spans.some(({ time }) => time === expression) ? undefined : spans[0];
}
