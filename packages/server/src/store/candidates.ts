import type { CodeLanguage } from '@sluice/core/process/code-language';
import type { Fragment, Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { isIn } from './code-language.ts';
import { type JsonText, readPage } from './records.ts';

export interface Candidate {
  readonly id: string;
  readonly queue: string;
}

/**
 * Runs of a pool that are due and that no limit keeps back, in the order to claim them: by the queue's priority, then children
 * of runs that have started, then by time. Runs behind a full limit are left out, so that they never hide those behind them; a slot
 * that was lent and is wanted back is not free. Runs of flows in Python are left to Prefect's workers.
 */
export async function readCandidates(
  sql: Sql,
  poolId: string,
  { queues, except, limit }: { queues: readonly string[] | null; except: Iterable<string>; limit: number },
): Promise<Candidate[]> {
  return sql<Candidate[]>`
    with open_queue as (
      select q.id, q.name, q.priority from work_queue q join work_pool p on p.id = q.work_pool_id
      where p.id = ${poolId} and not p.is_paused and not q.is_paused
        and (${queues === null} or q.name = any(${pgArray(queues ?? [])}::text[]))
        and (p.concurrency_limit is null or
          p.concurrency_limit > (select count(*) from flow_run_lease l where l.work_pool_id = p.id and (l.lent_at is null or wants_back(l.waiting_on))))
        and (q.concurrency_limit is null or
          q.concurrency_limit > (select count(*) from flow_run_lease l where l.work_queue_id = q.id and (l.lent_at is null or wants_back(l.waiting_on))))
    ), closed_deployment as (
      select d.id from deployment d where d.paused or ${isIn(sql, 'python')} or (d.concurrency_limit is not null
        and (d.concurrency_limit = 0 or d.concurrency_options ->> 'collision_strategy' is distinct from 'CANCEL_NEW')
        and d.concurrency_limit <= (select count(*) from flow_run_lease l where l.deployment_id = d.id))
    )
    select r.id, q.name as queue
    from open_queue q join flow_run r on r.work_queue_id = q.id
    where r.state_type = 'SCHEDULED' and r.next_scheduled_start_time <= clock_timestamp()
      and (r.deployment_id is null or r.deployment_id not in (select id from closed_deployment))
      and r.empirical_policy ->> 'retry_type' is distinct from 'in_process'
      and r.id <> all(${pgArray(except)}::uuid[])
    order by q.priority, r.parent_task_run_id is null, r.next_scheduled_start_time, r.id
    limit ${limit}`;
}

/** Milliseconds until the next run of these pools is due; null when none is scheduled. */
export async function readNextDue(sql: Sql, poolIds: Iterable<string>): Promise<number | null> {
  const [row] = await sql<[{ ms: number | null }]>`
    select (extract(epoch from min(r.next_scheduled_start_time) - clock_timestamp()) * 1000)::double precision as ms
    from flow_run r join work_queue q on q.id = r.work_queue_id
    where q.work_pool_id = any(${pgArray(poolIds)}::uuid[]) and r.state_type = 'SCHEDULED' and r.next_scheduled_start_time > clock_timestamp()`;
  return row.ms;
}

/** What a worker needs of runs it has claimed, as JSON texts by run. */
export async function readClaimed(
  sql: Sql,
  ids: Iterable<string>,
): Promise<Map<string, { flow_run: unknown; flow_name: string; deployment: unknown }>> {
  const rows = await sql<{ id: string; claimed: { flow_run: unknown; flow_name: string; deployment: unknown } }[]>`
    select v.id, json_build_object('flow_run', row_to_json(v), 'flow_name', f.name, 'deployment', case when d.id is not null then
      json_build_object('id', d.id, 'name', d.name, 'version', d.version, 'path', d.path, 'entrypoint', coalesce(b.entrypoint, d.entrypoint),
        'bundle_folder', case when b.bundle is null then d.bundle_folder else b.bundle_folder end,
        'pull_steps', d.pull_steps, 'job_variables', d.job_variables) end) as claimed
    from flow_run_view v join flow f on f.id = v.flow_id left join deployment d on d.id = v.deployment_id
    left join deployment_version b on b.deployment_id = v.deployment_id and b.bundle = v.bundle
    where v.id = any(${pgArray(ids)}::uuid[])`;
  return new Map(rows.map(({ id, claimed }) => [id, claimed]));
}

export interface Wanted {
  readonly queues: readonly string[] | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly limit: number;
  /** Who polls cannot run it. */
  readonly except: CodeLanguage | null;
  /** Runs that somebody else was told of. */
  readonly without?: readonly string[];
}

/** Prefect's poll: the same order, each with its pool and queue, as JSON text. */
export const listScheduled = (sql: Sql, poolId: string, wanted: Wanted): Promise<JsonText> =>
  listPolled(
    sql,
    poolId,
    wanted,
    sql`json_build_object('work_pool_id', v.work_pool_id, 'work_queue_id', v.work_queue_id, 'flow_run', row_to_json(v))::text`,
  );

/** The same runs by themselves, as Prefect 2's agents ask for them. */
export const listDueIn = (sql: Sql, poolId: string, wanted: Wanted): Promise<JsonText> => listPolled(sql, poolId, wanted, sql`row_to_json(v)::text`);

function listPolled(sql: Sql, poolId: string, { queues, before, after, limit, except, without = [] }: Wanted, json: Fragment): Promise<JsonText> {
  const rows = sql`
    with open_queue as (
      select q.id, q.name, q.priority, q.work_pool_id,
        q.concurrency_limit - (select count(*) from flow_run_lease l where l.work_queue_id = q.id and l.lent_at is null) as room,
        p.concurrency_limit - (select count(*) from flow_run_lease l where l.work_pool_id = p.id and l.lent_at is null) as pool_room
      from work_queue q join work_pool p on p.id = q.work_pool_id
      where p.id = ${poolId} and not p.is_paused and not q.is_paused
        and (${queues === null} or q.name = any(${pgArray(queues ?? [])}::text[]))
    ), due as (
      select r.id, q.priority, q.work_pool_id, q.id as work_queue_id, q.pool_room, r.next_scheduled_start_time, q.room,
        row_number() over (partition by q.id order by r.next_scheduled_start_time, r.id) as place
      from open_queue q join flow_run r on r.work_queue_id = q.id
      where r.state_type = 'SCHEDULED' and r.empirical_policy ->> 'retry_type' is distinct from 'in_process'
        and r.id <> all(${pgArray(without)}::uuid[])
        and (${before}::timestamptz is null or r.next_scheduled_start_time <= ${before}::timestamptz)
        and (${after}::timestamptz is null or r.next_scheduled_start_time > ${after}::timestamptz)
        and (${except === null} or not exists (
          select from deployment d where d.id = r.deployment_id and ${isIn(sql, except ?? 'python')}))
    ), chosen as (
      select *, row_number() over (order by priority, next_scheduled_start_time, id) as turn from due where room is null or place <= room
    )
    select v.* from (select * from chosen where pool_room is null or turn <= pool_room order by turn limit ${limit}) c
      join flow_run_view v on v.id = c.id order by c.turn`;
  return readPage(sql, 'flow_run_view', rows, json);
}
