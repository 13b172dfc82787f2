import type { JsonObject } from '@sluice/core/lib/json';
import type { Catchup, Schedule } from '@sluice/core/model/schedule';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { type JsonText, readPage } from './records.ts';

/** A schedule as it is stored for the first time. */
export interface NewSchedule {
  readonly id: string;
  readonly schedule: Schedule;
  readonly active: boolean;
  readonly max_scheduled_runs: number | null;
  readonly parameters: JsonObject;
  readonly slug: string | null;
  readonly catchup: Catchup;
  /** Where it goes on, as one whose place it takes; now when left out. */
  readonly covered_until?: string | undefined;
}

/** What a change says; null and undefined leave a field as it is, as in Prefect. */
export interface ScheduleChange {
  readonly schedule?: Schedule | undefined;
  readonly active?: boolean | null | undefined;
  readonly max_scheduled_runs?: number | null | undefined;
  readonly parameters?: JsonObject | null | undefined;
  readonly slug?: string | null | undefined;
  readonly catchup?: Catchup | null | undefined;
}

/** The last one that is named is the newest: lists show it first. */
export async function insertSchedules(sql: Sql, deploymentId: string, schedules: readonly NewSchedule[]): Promise<void> {
  if (schedules.length === 0) return;
  await sql`
    insert into deployment_schedule (id, created, updated, deployment_id, schedule, active, max_scheduled_runs, parameters, slug, catchup,
      covered_until)
    select n.id, now(), now(), ${deploymentId}, n.schedule, n.active, n.max_scheduled_runs, n.parameters, n.slug, n.catchup,
      coalesce(n.covered_until, now())
    from json_to_recordset(${JSON.stringify(schedules)}::text::json) as n(
      id uuid, schedule json, active boolean, max_scheduled_runs integer, parameters json, slug text, catchup text,
      covered_until timestamptz)`;
}

/**
 * Locks a deployment's schedules, so that the scheduler makes no run of them until the caller is done. Whoever changes what runs of a
 * schedule are like, or deletes some, calls this first.
 */
export async function lockSchedules(sql: Sql, deploymentId: string): Promise<{ readonly id: string; readonly slug: string | null }[]> {
  return sql<{ id: string; slug: string | null }[]>`
    select id, slug from deployment_schedule where deployment_id = ${deploymentId} order by id for update`;
}

/**
 * The scheduler looks at the deployment's schedules again, and makes the runs that they lack; of a paused one when the pause ends. What it
 * has made ahead is taken for deleted; with `alsoLate`, what waits though its time has come, too: it is missed from now on.
 */
export async function scheduleAnew(sql: Sql, deploymentId: string, { alsoLate = false } = {}): Promise<void> {
  const late = sql`(select min(r.next_scheduled_start_time) - interval '1 microsecond' from flow_run r
    where r.deployment_id = ${deploymentId} and r.auto_scheduled and r.state_type = 'SCHEDULED' and r.run_count = 0 and r.created_by->>'id' = s.id::text)`;
  await sql`
    update deployment_schedule s set due = case when d.paused then 'infinity'::timestamptz else now() end, scheduled_until = null,
      covered_until = least(s.covered_until, now(), ${alsoLate ? late : sql`null`})
    from deployment d where d.id = s.deployment_id and d.id = ${deploymentId}`;
}

/** Another rule has missed none of its times, and who makes up for missed ones does so from now on. */
export async function updateSchedule(sql: Sql, deploymentId: string, id: string, change: ScheduleChange): Promise<boolean> {
  const rule = change.schedule ? JSON.stringify(change.schedule) : null;
  const { count } = await sql`
    update deployment_schedule set updated = now(),
      schedule = coalesce(${rule}::text::json, schedule),
      active = coalesce(${change.active ?? null}, active),
      max_scheduled_runs = coalesce(${change.max_scheduled_runs ?? null}::integer, max_scheduled_runs),
      parameters = coalesce(${change.parameters ? JSON.stringify(change.parameters) : null}::text::json, parameters),
      slug = coalesce(${change.slug ?? null}::text, slug),
      catchup = coalesce(${change.catchup ?? null}::text, catchup),
      covered_until = case when ${rule}::text::jsonb <> schedule::jsonb or (catchup = 'none' and ${change.catchup ?? 'none'}::text <> 'none')
        then now() else covered_until end
    where id = ${id} and deployment_id = ${deploymentId}`;
  return count > 0;
}

/** Schedules that are about to get other slugs let go of the ones that they have. */
export async function freeSlugs(sql: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await sql`update deployment_schedule set slug = null where id = any(${pgArray(ids)}::uuid[])`;
}

/** Up to when each schedule of a deployment that makes up for missed times is covered, by its rule as JSON text. */
export async function readCovered(sql: Sql, deploymentId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await sql<{ rule: string; covered_until: string }[]>`
    select schedule::text as rule, covered_until::text from deployment_schedule
    where deployment_id = ${deploymentId} and catchup <> 'none'`;
  return new Map(rows.map(({ rule, covered_until }) => [rule, covered_until]));
}

/** Deletes one of them, or all when none is named. */
export async function deleteSchedules(sql: Sql, deploymentId: string, id?: string): Promise<boolean> {
  const { count } = await sql`
    delete from deployment_schedule where deployment_id = ${deploymentId} and (${id === undefined} or id = ${id ?? null}::uuid)`;
  return count > 0;
}

/** The schedules with these ids, or all of the deployment: the newest change first, as JSON text. */
export function listSchedules(sql: Sql, deploymentId: string, ids?: readonly string[]): Promise<JsonText> {
  const rows = sql`
    select * from deployment_schedule_view v
    where deployment_id = ${deploymentId} and (${ids === undefined} or id = any(${pgArray(ids ?? [])}::uuid[]))
    order by updated desc, array_position(${pgArray(ids ?? [])}::uuid[], id), id desc`;
  return readPage(sql, 'deployment_schedule_view', rows, sql`row_to_json(v)::text`);
}
