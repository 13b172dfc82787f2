import type { KeptTopic } from '@sluice/core/events/topics';
import type { Fragment, Sql } from '../db/database.ts';
import type { Position } from './event-position.ts';

/** An event as a row has it, with its data as the JSON text that goes over the wire. */
export interface KeptEvent {
  readonly topic: KeptTopic;
  readonly id: string;
  readonly flow_run_id: string | null;
  readonly data: string;
  /** The position of a reader that has read it. */
  readonly position: Position;
}

export interface EventPage {
  readonly events: readonly KeptEvent[];
  /** Where who has read them stands. */
  readonly position: Position;
}

/** One page holds no more; the first event may be larger. */
const PAGE_EVENTS = 2000;
const PAGE_BYTES = 4 * 1024 * 1024;

/** What a statement sees that begins now. */
export async function readSnapshot(sql: Sql): Promise<string> {
  const [row] = await sql<[{ now: string }]>`select pg_current_snapshot()::text as now`;
  return row.now;
}

/** Whether this database can have made such a snapshot: one that was made again, or brought back from a copy, counts from below. */
export async function isOurs(sql: Sql, snapshot: string): Promise<boolean> {
  const [row] = await sql<[{ ours: boolean }]>`
    select pg_snapshot_xmax(${snapshot}::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) as ours`;
  return row.ours;
}

/**
 * The rows of a topic, each as `(topic, at, id, flow_run_id, data)`. States of rows that were written before there was a stream have
 * no transaction's number, and are in no page.
 */
const ROWS: { readonly [T in KeptTopic]: (sql: Sql, isNew: (xid: Fragment) => Fragment, flowRunId: string | undefined) => Fragment } = {
  flow_run: (sql, isNew, flowRunId) => sql`
    select 'flow_run' as topic, s.timestamp as at, s.id, s.flow_run_id, json_build_object('id', s.id,
      'flow_run', json_build_object('id', r.id, 'name', r.name, 'flow_id', r.flow_id, 'deployment_id', r.deployment_id,
        'parent_task_run_id', r.parent_task_run_id, 'work_queue_id', r.work_queue_id, 'worker_name', r.worker_name, 'run_count', r.run_count,
        'crash_count', r.crash_count, 'epoch', r.epoch, 'start_time', r.start_time, 'end_time', r.end_time, 'state_id', r.state_id),
      'state', json_build_object('id', s.id, 'type', s.type, 'name', s.name, 'timestamp', s.timestamp, 'message', s.message))::text as data
    from flow_run_state s join flow_run r on r.id = s.flow_run_id
    where ${isNew(sql`s.xid`)} ${flowRunId ? sql`and s.flow_run_id = ${flowRunId}` : sql``}`,
  task_run: (sql, isNew, flowRunId) => sql`
    select 'task_run' as topic, s.timestamp as at, s.id, t.flow_run_id, json_build_object('id', s.id,
      'task_run', json_build_object('id', t.id, 'name', t.name, 'flow_run_id', t.flow_run_id, 'task_key', t.task_key, 'run_count', t.run_count,
        'start_time', t.start_time, 'end_time', t.end_time, 'state_id', t.state_id),
      'state', json_build_object('id', s.id, 'type', s.type, 'name', s.name, 'timestamp', s.timestamp, 'message', s.message))::text as data
    from task_run_state s join task_run t on t.id = s.task_run_id
    where ${isNew(sql`s.xid`)} ${flowRunId ? sql`and t.flow_run_id = ${flowRunId}` : sql``}`,
  log: (sql, isNew, flowRunId) => sql`
    select 'log' as topic, v.timestamp as at, v.id, v.flow_run_id, row_to_json(v)::text as data
    from log l cross join lateral (select * from log_view w where w.id = l.id) v
    where ${isNew(sql`l.xid`)} ${flowRunId ? sql`and l.flow_run_id = ${flowRunId}` : sql``}`,
  event: (sql, isNew, flowRunId) => sql`
    select 'event' as topic, e.occurred as at, e.id, (
        select substr(involved, 18)::uuid from unnest(e.resource_ids) involved where involved ~ '^prefect\\.flow-run\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' limit 1
      ) as flow_run_id,
      json_build_object('id', e.id, 'occurred', e.occurred, 'event', e.event, 'resource', e.resource, 'related', e.related, 'payload', e.payload,
        'follows', e.follows, 'received', e.received)::text as data
    from event e
    where ${isNew(sql`e.xid`)} ${flowRunId ? sql`and e.resource_ids @> array[${`prefect.flow-run.${flowRunId}`}::text]` : sql``}`,
};

interface EventQuestion {
  readonly topics: readonly KeptTopic[];
  /** The flow run that alone is asked of in a topic. */
  readonly runOf?: (topic: KeptTopic) => string | undefined;
  readonly upto: string;
}

/** The next page of what a position has not seen, up to a snapshot, in the order of the events' own times. */
export async function readEvents(sql: Sql, { since, within }: Position, { topics, runOf, upto: head }: EventQuestion): Promise<EventPage> {
  const upto = within?.upto ?? head;
  if (topics.length === 0) return { events: [], position: { since: upto, within: null } };
  const isNew = (xid: Fragment) => sql`${xid} >= pg_snapshot_xmin(${since}::pg_snapshot)
    and not pg_visible_in_snapshot(${xid}, ${since}::pg_snapshot) and pg_visible_in_snapshot(${xid}, ${upto}::pg_snapshot)`;
  const rows = topics.map((topic) => ROWS[topic](sql, isNew, runOf?.(topic))).reduce((all, next) => sql`${all} union all ${next}`);
  const after = within ? sql`where (at, id) > (${within.at}::timestamptz, ${within.id}::uuid)` : sql``;
  const found = await sql<(Omit<KeptEvent, 'position'> & { at: string; fits: boolean })[]>`
    select topic, at::text as at, id, flow_run_id, data, bytes <= ${PAGE_BYTES} or place = 1 as fits
    from (
      select *, sum(octet_length(data)) over (order by at, id) as bytes, row_number() over (order by at, id) as place
      from (select * from (${rows}) e ${after} order by at, id limit ${PAGE_EVENTS + 1}) page
    ) measured
    order by at, id`;
  const page = found.slice(0, PAGE_EVENTS).filter(({ fits }) => fits);
  const events = page.map(({ topic, at, id, flow_run_id, data }) => ({
    topic,
    id,
    flow_run_id,
    data,
    position: { since, within: { upto, at, id } },
  }));
  const position = (page.length < found.length && events.at(-1)?.position) || { since: upto, within: null };
  return { events, position };
}
