import { uuidv7 } from 'uuidv7';
import type { Sql } from '../db/database.ts';
import { upsertDeployment } from '../store/deployments.ts';
import { insertFlow } from '../store/flows.ts';
import { insertWorkPool, insertWorkQueue } from '../store/work-pools.ts';
import { beat } from '../store/workers.ts';

let count = 0;
const unique = (word: string) => `${word}-${++count}`;

export async function makeFlow(sql: Sql, name = unique('flow')): Promise<string> {
  const id = uuidv7();
  await insertFlow(sql, id, { name, tags: [] });
  return id;
}

export interface Place {
  readonly pool_id: string;
  readonly queue_id: string;
  readonly name: string;
}

/** A pool with its default queue. */
export async function makePool(sql: Sql, { name = unique('pool'), limit }: { name?: string; limit?: number } = {}): Promise<Place> {
  const pool_id = uuidv7();
  const queue_id = uuidv7();
  await insertWorkPool(sql, pool_id, queue_id, { name, type: 'process', base_job_template: {}, is_paused: false, concurrency_limit: limit ?? null });
  return { pool_id, queue_id, name };
}

export async function makeQueue(sql: Sql, { pool_id }: Place, name: string, options: { limit?: number; priority?: number } = {}): Promise<string> {
  const id = uuidv7();
  await insertWorkQueue(sql, id, pool_id, { name, is_paused: false, concurrency_limit: options.limit ?? null, priority: options.priority ?? null });
  return id;
}

export async function makeDeployment(
  sql: Sql,
  flow_id: string,
  queue_id: string | null,
  options: { name?: string; limit?: number; job_variables?: { [name: string]: never | number } } = {},
): Promise<string> {
  const { id } = await upsertDeployment(sql, uuidv7(), queue_id, {
    name: options.name ?? unique('deployment'),
    flow_id,
    concurrency_limit: options.limit ?? null,
    job_variables: options.job_variables ?? {},
  });
  return id;
}

export interface TestWorker {
  /** Its incarnation. */
  readonly id: string;
  readonly name: string;
  /** Says that it is there and holds these runs; answers which of them it really holds. */
  beat(leases?: { flow_run_id: string; epoch: number }[]): Promise<string[]>;
}

/** A worker that has said that it is there. */
export async function makeWorker(sql: Sql, { pool_id }: Place, limit = 1, name = unique('worker')): Promise<TestWorker> {
  const id = uuidv7();
  const worker = { worker_id: id, name, concurrency_limit: limit, heartbeat_interval_seconds: 10, host: 'test', pid: 1, leaving: false };
  const say = (leases: { flow_run_id: string; epoch: number }[] = []) => beat(sql, uuidv7(), pool_id, { ...worker, leases }, 30);
  await say();
  return { id, name, beat: say };
}

/** A limit of this name. */
export async function makeLimit(sql: Sql, name: string, limit: number, decay = 0): Promise<string> {
  const id = uuidv7();
  await sql`insert into concurrency_limit (id, created, updated, name, "limit", slot_decay_per_second) values (${id}, now(), now(), ${name}, ${limit}, ${decay})`;
  return id;
}

/** As if the time of this run's lease were over. */
export async function expireLease(sql: Sql, flowRunId: string): Promise<void> {
  await sql`update flow_run_lease set expires_at = clock_timestamp() - interval '1 second' where flow_run_id = ${flowRunId}`;
}

/** What stands of a flow run and its lease. */
export async function readRun(sql: Sql, id: string) {
  const [row] = await sql<
    [
      {
        type: string;
        name: string;
        message: string | null;
        epoch: number;
        run_count: number;
        crash_count: number;
        worker_name: string | null;
        states: number;
        lease: { epoch: number; lent: boolean; waiting_on: unknown } | null;
      },
    ]
  >`
    select r.state_type as type, r.state_name as name, s.message, r.epoch, r.run_count, r.crash_count, r.worker_name,
      (select count(*)::integer from flow_run_state x where x.flow_run_id = r.id) as states,
      case when l.flow_run_id is not null then json_build_object('epoch', l.epoch, 'lent', l.lent_at is not null, 'waiting_on', l.waiting_on) end as lease
    from flow_run r left join flow_run_state s on s.id = r.state_id left join flow_run_lease l on l.flow_run_id = r.id where r.id = ${id}`;
  return row;
}
