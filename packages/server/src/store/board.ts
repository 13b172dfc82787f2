import { attemptsOf, type StateOfRun } from '@sluice/core/board/attempts';
import { poolHolds } from '@sluice/core/board/pool-holds';
import type { Board, BoardLimit, BoardRun } from '@sluice/core/model/board';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

/** More runs than a person can tell apart; the board says that there are more. */
const MOST_RUNS = 5000;

type RunRow = Omit<BoardRun, 'attempts' | 'queued'> & { readonly worker_name: string | null };

/** A run with all that it started, worker by worker; undefined when there is no such run. */
export async function readBoard(sql: Sql, id: string): Promise<Board | undefined> {
  const runs = await readRuns(sql, id);
  if (runs.length === 0) return undefined;
  const shown = runs.slice(0, MOST_RUNS);
  const ids = shown.map((run) => run.id);
  const [states, pools, limits, [clock]] = await Promise.all([
    readStates(sql, ids),
    readPoolLimits(sql, shown),
    readLimits(sql, ids),
    sql<[{ at: string }]>`select to_json(clock_timestamp()) #>> '{}' as at`,
  ]);
  const placed = shown.map(({ worker_name, ...run }) => ({ ...run, ...attemptsOf(states.get(run.id) ?? [], worker_name) }));
  return {
    id,
    at: clock.at,
    runs: placed,
    limits: [...pools.map((pool) => ({ ...pool, holds: poolHolds(placed, pool.name) })), ...limits],
    more: runs.length > MOST_RUNS,
  };
}

/** The run and all below it, as they were made. What is counted as loading was read before: its number is what there is to load. */
const readRuns = (sql: Sql, id: string): Promise<RunRow[]> =>
  sql<RunRow[]>`
    with recursive tree as (
      select id, null::uuid as parent_id from flow_run where id = ${id}
      union all
      select r.id, tree.id from tree join task_run t on t.flow_run_id = tree.id join flow_run r on r.parent_task_run_id = t.id
    )
    select r.id, r.name, f.name as flow_name, tree.parent_id, p.name as work_pool_name, r.state_type, r.state_name, r.worker_name,
      case when json_typeof(r.parameters -> 'table') in ('string', 'number') then r.parameters ->> 'table' end as "table",
      case when l.lent_at is not null then l.waiting_on end as waiting_on,
      case g.label when 'rows' then json_build_object('done', g.done, 'total', g.total)
        when 'loading' then json_build_object('done', g.total, 'total', g.total) end as rows
    from tree join flow_run r on r.id = tree.id join flow f on f.id = r.flow_id
      left join work_queue q on q.id = r.work_queue_id left join work_pool p on p.id = q.work_pool_id
      left join flow_run_lease l on l.flow_run_id = r.id left join progress g on g.flow_run_id = r.id
    order by r.id limit ${MOST_RUNS + 1}`;

async function readStates(sql: Sql, ids: readonly string[]): Promise<Map<string, StateOfRun[]>> {
  const rows = await sql<(StateOfRun & { flow_run_id: string })[]>`
    select flow_run_id, type, name, to_json(timestamp) #>> '{}' as timestamp, message,
      case when type = 'SCHEDULED' then to_json((state_details ->> 'scheduled_time')::timestamptz) #>> '{}' end as scheduled
    from flow_run_state where flow_run_id = any(${pgArray(ids)}::uuid[]) order by flow_run_state.timestamp, id`;
  return Map.groupBy(rows, ({ flow_run_id }) => flow_run_id);
}

/** Limits of the pools that these runs are in. */
const readPoolLimits = (sql: Sql, runs: readonly RunRow[]): Promise<{ name: string; limit: number }[]> =>
  sql<{ name: string; limit: number }[]>`
    select name, concurrency_limit as "limit" from work_pool
    where concurrency_limit is not null and name = any(${pgArray(runs.flatMap(({ work_pool_name }) => work_pool_name ?? []))}::text[])
    order by name`;

/** Limits of tags that tasks of these runs have: a task holds a slot from its start to its end. */
async function readLimits(sql: Sql, ids: readonly string[]): Promise<BoardLimit[]> {
  return sql<BoardLimit[]>`
    select c.name, c."limit", json_agg(json_build_object('flow_run_id', t.flow_run_id, 'from', t.start_time, 'to', t.end_time)
      order by t.start_time) as holds
    from task_run t cross join lateral unnest(t.tags) as tag join concurrency_limit c on c.name = 'tag:' || tag
    where t.flow_run_id = any(${pgArray(ids)}::uuid[]) and t.start_time is not null and t.tags <> '{}'
    group by c.name, c."limit" order by c.name`;
}
