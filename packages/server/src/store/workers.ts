import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { WorkerBeat } from '@sluice/core/model/worker';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

/** A Prefect worker's heartbeat. */
export async function heartbeat(sql: Sql, id: string, poolId: string, name: string, seconds: number | null): Promise<void> {
  await sql`
    insert into worker (id, created, updated, name, work_pool_id, last_heartbeat_time, heartbeat_interval_seconds, status)
    values (${id}, now(), now(), ${name}, ${poolId}, clock_timestamp(), ${seconds}, 'ONLINE')
    on conflict (work_pool_id, name) do update set last_heartbeat_time = excluded.last_heartbeat_time, status = 'ONLINE', updated = now(),
      heartbeat_interval_seconds = excluded.heartbeat_interval_seconds, incarnation_id = null, queues = '{}', version = null`;
}

/**
 * A Sluice worker's beat: it is online, its queues are polled, and of the leases it names those it still holds are prolonged. Refused
 * while a worker of its name is awake on another machine.
 */
export async function beat(sql: Sql, id: string, poolId: string, worker: WorkerBeat, leaseSeconds: number): Promise<string[]> {
  const status = worker.leaving ? 'OFFLINE' : 'ONLINE';
  const [{ count }, , prolonged] = await Promise.all([
    sql`
      insert into worker (id, created, updated, name, work_pool_id, last_heartbeat_time, heartbeat_interval_seconds, status, incarnation_id,
        concurrency_limit, host, pid, queues, version)
      values (${id}, now(), now(), ${worker.name}, ${poolId}, clock_timestamp(), ${worker.heartbeat_interval_seconds}, ${status},
        ${worker.worker_id}, ${worker.concurrency_limit}, ${worker.host}, ${worker.pid}, ${pgArray(worker.queues ?? [])}::text[],
        ${worker.version ?? null})
      on conflict (work_pool_id, name) do update set last_heartbeat_time = excluded.last_heartbeat_time, status = excluded.status, updated = now(),
        heartbeat_interval_seconds = excluded.heartbeat_interval_seconds, incarnation_id = excluded.incarnation_id,
        concurrency_limit = excluded.concurrency_limit, host = excluded.host, pid = excluded.pid, queues = excluded.queues,
        version = excluded.version
      where worker.incarnation_id = excluded.incarnation_id or worker.host is not distinct from excluded.host or not (${isAwake(sql)})`,
    sql`update work_queue set last_polled = now() where work_pool_id = ${poolId} and (last_polled is null or last_polled < now() - interval '20 seconds')`,
    prolongLeases(sql, worker, leaseSeconds),
  ]);
  if (count === 0) throw taken(worker.name);
  return prolonged;
}

const taken = (name: string) =>
  new SluiceError('CONFLICT', `A worker named "${name}" is online on another machine.`, {
    hint: 'Give this one another name: sluice worker start --name NAME. When that machine is gone, its name is free after three of its beats.',
  });

/** A worker is awake until it has been silent for three of its intervals, or for 30 s when it has told none. */
const isAwake = (sql: Sql) =>
  sql`worker.status = 'ONLINE' and worker.last_heartbeat_time >= now() - coalesce(3 * nullif(worker.heartbeat_interval_seconds, 0), 30) * interval '1 second'`;

/** How many workers of a pool are awake that poll for their runs: those of Prefect. */
export async function countPollingWorkers(sql: Sql, poolId: string): Promise<number> {
  const [row] = await sql<[{ count: number }]>`
    select count(*)::integer as count from worker where work_pool_id = ${poolId} and incarnation_id is null and ${isAwake(sql)}`;
  return row.count;
}

/** Prolongs those of the leases that a worker names which it still holds. Returns their runs. */
export async function prolongLeases(sql: Sql, { worker_id, leases }: WorkerBeat, leaseSeconds: number): Promise<string[]> {
  const rows = await sql<{ flow_run_id: string }[]>`
    update flow_run_lease l set expires_at = clock_timestamp() + ${leaseSeconds} * interval '1 second'
    from json_to_recordset(${JSON.stringify(leases)}::text::json) as held(flow_run_id uuid, epoch integer)
    where l.flow_run_id = held.flow_run_id and l.epoch = held.epoch and l.incarnation_id = ${worker_id} returning l.flow_run_id`;
  return rows.map(({ flow_run_id }) => flow_run_id);
}

export interface WorkerRow {
  readonly id: string;
  readonly name: string;
  readonly work_pool_id: string;
  readonly concurrency_limit: number;
}

/** The worker whose newest life this is. */
export async function readIncarnation(sql: Sql, incarnationId: string): Promise<WorkerRow | undefined> {
  const [row] = await sql<WorkerRow[]>`select id, name, work_pool_id, concurrency_limit from worker where incarnation_id = ${incarnationId}`;
  return row;
}

/** Of these incarnations those that are known still, each with whether it has beaten within so many seconds. */
export async function readAwake(sql: Sql, incarnationIds: Iterable<string>, seconds: number): Promise<Map<string, boolean>> {
  const rows = await sql<{ id: string; awake: boolean }[]>`
    select incarnation_id as id, last_heartbeat_time > clock_timestamp() - ${seconds} * interval '1 second' as awake
    from worker where incarnation_id = any(${pgArray(incarnationIds)}::uuid[])`;
  return new Map(rows.map(({ id, awake }) => [id, awake]));
}

/** Marks workers that are awake no more. Returns their names. */
export async function markOffline(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    update worker set status = 'OFFLINE', updated = now()
    where status = 'ONLINE' and not (${isAwake(sql)})
    returning name`;
  return rows.map(({ name }) => name);
}

export async function deleteWorker(sql: Sql, poolId: string, name: string): Promise<boolean> {
  const { count } = await sql`delete from worker where work_pool_id = ${poolId} and name = ${name}`;
  return count > 0;
}
