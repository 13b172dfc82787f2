import type { Bucket } from '@sluice/core/automation/event-trigger';
import { eventOf, type Firing } from '@sluice/core/automation/triggers';
import { toInstant, toMicros } from '@sluice/core/lib/time';
import type { Action, Automation } from '@sluice/core/model/automation';
import type { Event } from '@sluice/core/model/event';
import type { Sql } from '../db/database.ts';

/** Whose a bucket is: an automation's trigger, and the values by which it tells things apart. */
export interface BucketKey {
  readonly automation_id: string;
  readonly trigger_id: string;
  readonly key: string;
}

/** How far automations have read; undefined while another server reads. Nobody else reads until the transaction ends. */
export async function lockReader(sql: Sql): Promise<{ position: string | null } | undefined> {
  const [row] = await sql<{ position: string | null }[]>`select position from automation_reader where id = 1 for update skip locked`;
  return row;
}

export async function noteRead(sql: Sql, position: string): Promise<void> {
  await sql`update automation_reader set position = ${position} where id = 1`;
}

export async function readEnabledAutomations(sql: Sql): Promise<Automation[]> {
  const rows = await sql<{ json: Automation }[]>`select row_to_json(v) as json from automation_view v where v.enabled order by v.id`;
  return rows.map(({ json }) => json);
}

interface BucketRow {
  readonly count: number;
  readonly starts: string;
  readonly ends: string;
  readonly last_event: Event | null;
}

const toBucket = ({ count, starts, ends, last_event }: BucketRow): Bucket => ({ count, starts: toMicros(starts), ends: toMicros(ends), last_event });

export async function readBucket(sql: Sql, { automation_id, trigger_id, key }: BucketKey): Promise<Bucket | null> {
  const [row] = await sql<BucketRow[]>`
    select count, to_json(starts) #>> '{}' as starts, to_json(ends) #>> '{}' as ends, last_event from automation_bucket
    where automation_id = ${automation_id} and trigger_id = ${trigger_id} and key = ${key}`;
  return row ? toBucket(row) : null;
}

/** Buckets whose windows have run out. */
export async function readEndedBuckets(sql: Sql, limit: number): Promise<(BucketKey & { bucket: Bucket })[]> {
  const rows = await sql<(BucketKey & BucketRow)[]>`
    select automation_id, trigger_id, key, count, to_json(starts) #>> '{}' as starts, to_json(ends) #>> '{}' as ends, last_event
    from automation_bucket where ends <= clock_timestamp() order by ends limit ${limit}`;
  return rows.map((row) => ({ automation_id: row.automation_id, trigger_id: row.trigger_id, key: row.key, bucket: toBucket(row) }));
}

export async function writeBucket(sql: Sql, { automation_id, trigger_id, key }: BucketKey, bucket: Bucket | null): Promise<void> {
  if (!bucket) {
    await sql`delete from automation_bucket where automation_id = ${automation_id} and trigger_id = ${trigger_id} and key = ${key}`;
    return;
  }
  await sql`
    insert into automation_bucket (automation_id, trigger_id, key, count, starts, ends, last_event)
    values (${automation_id}, ${trigger_id}, ${key}, ${bucket.count}, ${toInstant(bucket.starts)}::timestamptz, ${toInstant(bucket.ends)}::timestamptz,
      ${bucket.last_event ? JSON.stringify(bucket.last_event) : null}::text::json)
    on conflict (automation_id, trigger_id, key) do update set count = excluded.count, starts = excluded.starts, ends = excluded.ends,
      last_event = excluded.last_event`;
}

/** Notes that a part of a composite trigger has fired, and returns all of its parts that have. */
export async function notePart(sql: Sql, automation_id: string, parent_id: string, firing: Firing): Promise<Firing[]> {
  await sql`
    insert into automation_part (automation_id, parent_id, trigger_id, fired, firing)
    values (${automation_id}, ${parent_id}, ${firing.trigger_id}, ${firing.triggered}::timestamptz, ${JSON.stringify(firing)}::text::json)
    on conflict (automation_id, parent_id, trigger_id) do update set fired = excluded.fired, firing = excluded.firing`;
  const rows = await sql<{ firing: Firing }[]>`
    select firing from automation_part where automation_id = ${automation_id} and parent_id = ${parent_id} order by fired`;
  return rows.map((row) => row.firing);
}

export async function forgetParts(sql: Sql, automation_id: string, parent_id: string): Promise<void> {
  await sql`delete from automation_part where automation_id = ${automation_id} and parent_id = ${parent_id}`;
}

/** A firing whose actions are to be done. */
export interface ToldFiring extends Firing {
  /** The event that tells of it. */
  readonly told_id?: string;
  /** What the action is about, when that is not what made the trigger fire. */
  readonly about?: Event;
}

/** Something that is to be done. */
export interface DueAction {
  readonly id: string;
  readonly automation_id: string;
  readonly index: number;
  readonly action: Action;
  readonly firing: ToldFiring;
  readonly tries: number;
}

export async function insertActions(sql: Sql, actions: readonly Omit<DueAction, 'tries'>[]): Promise<void> {
  if (actions.length === 0) return;
  await sql`
    insert into automation_action (id, created, automation_id, index, action, firing, run_at)
    select n.id, now(), n.automation_id, n.index, n.action, n.firing, now()
    from json_to_recordset(${JSON.stringify(actions)}::text::json) as n(id uuid, automation_id uuid, index integer, action json, firing json)`;
}

/** Takes the next thing that is to be done, for as long as the transaction runs. */
export async function takeAction(sql: Sql): Promise<DueAction | undefined> {
  const [row] = await sql<DueAction[]>`
    select id, automation_id, index, action, firing, tries from automation_action where run_at <= clock_timestamp()
    order by run_at, id limit 1 for update skip locked`;
  return row;
}

export async function deleteAction(sql: Sql, id: string): Promise<void> {
  await sql`delete from automation_action where id = ${id}`;
}

/** It is done again later. */
export async function postponeAction(sql: Sql, id: string, seconds: number): Promise<void> {
  await sql`update automation_action set tries = tries + 1, run_at = clock_timestamp() + ${seconds} * interval '1 second' where id = ${id}`;
}

/** What an action is about, for its templates and for what it infers. */
export const aboutOf = ({ firing }: Pick<DueAction, 'firing'>): Event | null => firing.about ?? eventOf(firing);
