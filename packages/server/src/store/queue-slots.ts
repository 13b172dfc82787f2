import type { StateType } from '@sluice/core/model/state-type';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

interface SlotHolder {
  readonly id: string;
  readonly name: string;
  readonly state_type: StateType | null;
  readonly state_name: string | null;
  readonly start_time: string | null;
  readonly state_timestamp: string | null;
  readonly time_in_current_state: number | null;
}

interface Slice {
  readonly limit: number;
  readonly offset: number;
}

/** The runs that have slots of these queues, of each queue the first that got them. */
export async function listHolders(sql: Sql, queueIds: readonly string[], { limit, offset }: Slice): Promise<{ queue_id: string; run: SlotHolder }[]> {
  const rows = await sql<{ json: { queue_id: string; run: SlotHolder } }[]>`
    select json_build_object('queue_id', h.queue_id, 'run', json_build_object('id', h.id, 'name', h.name, 'state_type', h.state_type,
      'state_name', h.state_name, 'start_time', h.start_time, 'state_timestamp', h.state_timestamp,
      'time_in_current_state', extract(epoch from clock_timestamp() - h.state_timestamp)::double precision)) as json
    from (
      select l.work_queue_id as queue_id, r.id, r.name, r.state_type, r.state_name, r.start_time, r.state_timestamp,
        row_number() over (partition by l.work_queue_id order by r.state_timestamp, r.id) as place
      from flow_run_lease l join flow_run r on r.id = l.flow_run_id
      where l.work_queue_id = any(${pgArray(queueIds)}::uuid[]) and l.lent_at is null
    ) h
    where h.place > ${offset} and h.place <= ${offset + limit} order by h.queue_id, h.place`;
  return rows.map(({ json }) => json);
}

interface SlotCounts {
  readonly queue_id: string;
  readonly queue_name: string;
  readonly active_slots: number;
  readonly concurrency_limit: number | null;
}

export async function readSlotCounts(sql: Sql, queueIds: readonly string[]): Promise<SlotCounts[]> {
  return sql<SlotCounts[]>`
    select v.id as queue_id, v.name as queue_name, v.active_slots, v.concurrency_limit
    from work_queue_view v where v.id = any(${pgArray(queueIds)}::uuid[]) order by v.priority, v.id`;
}

interface QueuePage {
  readonly ids: readonly string[];
  readonly count: number;
  readonly active_slots: number;
  readonly concurrency_limit: number | null;
}

/** Some queues of a pool, and what the pool itself says. */
export async function readQueuePage(sql: Sql, poolId: string, { limit, offset }: Slice): Promise<QueuePage> {
  const [row] = await sql<[{ json: QueuePage }]>`
    select json_build_object('count', (select count(*) from work_queue q where q.work_pool_id = p.id),
      'ids', (select coalesce(json_agg(q.id), '[]') from (
        select id from work_queue where work_pool_id = p.id order by priority, id limit ${limit} offset ${offset}) q),
      'active_slots', p.active_slots, 'concurrency_limit', p.concurrency_limit) as json
    from work_pool_view p where p.id = ${poolId}`;
  return row.json;
}

interface Health {
  readonly late_runs_count: number;
  readonly last_polled: string | null;
  readonly is_polled: boolean;
}

export async function readHealth(sql: Sql, queueId: string, seconds: number): Promise<Health> {
  const [row] = await sql<[{ json: Health }]>`
    select json_build_object('last_polled', q.last_polled,
      'is_polled', coalesce(q.last_polled > now() - ${seconds} * interval '1 second', false),
      'late_runs_count', (select count(*) from flow_run r where r.work_queue_id = q.id and r.state_type = 'SCHEDULED' and r.state_name = 'Late')) as json
    from work_queue q where q.id = ${queueId}`;
  return row.json;
}
