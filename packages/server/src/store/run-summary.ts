import { MOST_COUNTED, type RunSummary } from '@sluice/core/api/run-summary';
import { STATE_TYPES } from '@sluice/core/model/state-type';
import type { Fragment, Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { findsFew } from './cost.ts';
import { LISTS } from './keyset.ts';

type RunView = 'flow_run_view' | 'task_run_view';

/**
 * Counts runs by the type of their state, each up to a bound. Where the planner does not expect to find the runs of a filter at once,
 * they are sought among the newest only, and there may be more of each.
 */
export async function readRunSummary(sql: Sql, view: RunView, where: Fragment | undefined): Promise<RunSummary> {
  const few = where && (await findsFew(sql, sql`select from ${sql(view)} v where ${where}`));
  const counted = where
    ? sql`select v.state_type, count(*)::integer as count from (${few ? all(sql, view) : newest(sql, view)}) v where ${where} group by 1`
    : upToBound(sql, view);
  const rows = await sql<{ state_type: string; count: number }[]>`${counted}`;
  const counts = new Map(rows.map(({ state_type, count }) => [state_type, count]));
  const isPart = where !== undefined && !few;
  return STATE_TYPES.map((state_type) => {
    const count = counts.get(state_type) ?? 0;
    return { state_type, count: Math.min(count, MOST_COUNTED), more: isPart || count > MOST_COUNTED };
  });
}

const all = (sql: Sql, view: RunView): Fragment => sql`select * from ${sql(view)}`;
const newest = (sql: Sql, view: RunView): Fragment => sql`select * from ${sql(view)} order by id desc limit ${LISTS[view].looksAt}`;

/** One more than the bound tells that there are more. */
const upToBound = (sql: Sql, view: RunView): Fragment => sql`
  select s.state_type, (
    select count(*)::integer from (select from ${sql(view)} v where v.state_type = s.state_type limit ${MOST_COUNTED + 1}) found
  ) as count
  from unnest(${pgArray(STATE_TYPES)}::text[]) s(state_type)`;
