import { SORTS } from '@sluice/core/api/filter-table';
import { sortKey } from '@sluice/core/api/keyset';
import { MOST_COUNTED, type RunSummary } from '@sluice/core/api/run-summary';
import { isFinal, STATE_TYPES } from '@sluice/core/model/state-type';
import { type Fragment, plannedForItsValues, type Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { findsFew } from './cost.ts';
import { anyFilter, compileFilters } from './filters.ts';
import { countedRuns, type Filters } from './flow-run-counts.ts';
import { walk } from './keyset.ts';

type Noun = 'flow_run' | 'task_run';

/** How many runs of each state type were found, and whether that is all. */
interface Found {
  readonly rows: readonly { readonly state_type: string; readonly count: number }[];
  readonly isAll: boolean;
}

/** Counts runs by the type of their state, each up to a bound. */
export async function readRunSummary(sql: Sql, noun: Noun, filters: Filters): Promise<RunSummary> {
  const counted = noun === 'flow_run' ? countedRuns(sql, filters) : undefined;
  const { rows, isAll } = counted ? await addCounted(sql, counted, filters) : await findRuns(sql, noun, filters);
  const counts = new Map(rows.map(({ state_type, count }) => [state_type, count]));
  return STATE_TYPES.map((state_type) => {
    const count = counts.get(state_type) ?? 0;
    return { state_type, count: Math.min(count, MOST_COUNTED), more: !isAll || count > MOST_COUNTED };
  });
}

/** Of ended runs the count is known, and of each open state one more than the bound tells that there are more. */
async function addCounted(sql: Sql, counted: Fragment, filters: Filters): Promise<Found> {
  const counts = sql<Found['rows']>`
    select state_type, least(sum(runs), ${MOST_COUNTED + 1})::integer as count from (${counted}) c group by 1
    union all
    select s.state_type, (
      select count(*)::integer from (
        select from flow_run_view v where v.state_type <> 'COMPLETED' and v.state_type = s.state_type and ${compileFilters(sql, 'flow_run', filters)}
        limit ${MOST_COUNTED + 1}
      ) found
    )
    from unnest(${pgArray(STATE_TYPES.filter((type) => !isFinal(type)))}::text[]) s(state_type)`;
  return { rows: await plannedForItsValues(counts), isAll: true };
}

/** Where the planner does not expect to find the runs at once, they are sought among the newest only. */
async function findRuns(sql: Sql, noun: Noun, filters: Filters): Promise<Found> {
  const view = sql(`${noun}_view`);
  const where = anyFilter(sql, noun, filters);
  const isAll = await findsFew(sql, sql`select from ${view} v where ${where ?? sql`true`}`);
  const own = filters[`${noun}s`] as { expected_start_time?: object | null } | null | undefined;
  const key = sortKey(SORTS[noun][own?.expected_start_time ? 'EXPECTED_START_TIME_DESC' : 'ID_DESC']);
  const from = isAll ? sql`${view}` : sql`(${walk(sql, `${noun}_view`, { key, own })})`;
  const counts = sql<Found['rows']>`
    select v.state_type, count(*)::integer as count from ${from} v where ${where ?? sql`true`} group by 1`;
  return { rows: await plannedForItsValues(counts), isAll };
}
