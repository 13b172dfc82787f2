import type { JsonObject } from '@sluice/core/lib/json';
import type { Catchup, Schedule } from '@sluice/core/model/schedule';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

/** A schedule, and what its runs take from the deployment. Instants are microseconds since 1970. */
export interface DueSchedule {
  readonly id: string;
  readonly schedule: Schedule;
  readonly max_scheduled_runs: number | null;
  readonly parameters: JsonObject;
  readonly slug: string | null;
  readonly scheduled_until: number | null;
  readonly catchup: Catchup;
  /** Nothing is missing up to here. */
  readonly covered_until: number;
  readonly now: number;
  readonly deployment: {
    readonly id: string;
    readonly name: string;
    readonly flow_id: string;
    readonly version: string | null;
    readonly parameters: JsonObject;
    readonly tags: readonly string[];
    readonly labels: JsonObject;
    readonly work_queue_id: string | null;
    readonly infrastructure_document_id: string | null;
    readonly bundle: string | null;
  };
}

/**
 * Takes schedules that have to be looked at, the longest due first, and holds them until the transaction ends: what another server
 * holds is left to that.
 */
export async function takeDueSchedules(sql: Sql, limit: number): Promise<DueSchedule[]> {
  return readSchedules(sql, sql`s.due <= now() order by s.due limit ${limit} for update of s skip locked`);
}

/** All active schedules of a deployment, paused or not, held like those. */
export async function takeSchedulesOf(sql: Sql, deploymentId: string): Promise<DueSchedule[]> {
  return readSchedules(sql, sql`s.deployment_id = ${deploymentId} order by s.id for update of s`, true);
}

async function readSchedules(sql: Sql, which: ReturnType<Sql>, alsoPaused = false): Promise<DueSchedule[]> {
  const rows = await sql<{ json: DueSchedule }[]>`
    select json_build_object('id', s.id, 'schedule', s.schedule, 'max_scheduled_runs', s.max_scheduled_runs, 'parameters', s.parameters,
      'slug', s.slug, 'scheduled_until', (extract(epoch from s.scheduled_until) * 1000000)::bigint,
      'catchup', s.catchup, 'covered_until', (extract(epoch from s.covered_until) * 1000000)::bigint,
      'now', (extract(epoch from now()) * 1000000)::bigint,
      'deployment', json_build_object('id', d.id, 'name', d.name, 'flow_id', d.flow_id, 'version', d.version, 'parameters', d.parameters,
        'tags', d.tags, 'labels', d.labels, 'work_queue_id', d.work_queue_id, 'infrastructure_document_id', d.infrastructure_document_id,
        'bundle', d.bundle)) as json
    from deployment_schedule s join deployment d on d.id = s.deployment_id
    where s.active and (${alsoPaused} or not d.paused) and ${which}`;
  return rows.map(({ json }) => json);
}

/** Until when runs of a schedule have been made, and none is missing, and when it has to be looked at again. */
export interface Looked {
  readonly id: string;
  readonly due: string;
  readonly scheduled_until: string | null;
  readonly covered_until: string;
}

export async function noteLooked(sql: Sql, looked: readonly Looked[]): Promise<void> {
  await sql`
    update deployment_schedule s set due = n.due, scheduled_until = coalesce(n.scheduled_until, s.scheduled_until),
      covered_until = n.covered_until
    from json_to_recordset(${JSON.stringify(looked)}::text::json) as n(
      id uuid, due timestamptz, scheduled_until timestamptz, covered_until timestamptz)
    where s.id = n.id`;
}

/** Of these idempotency keys of a flow those that a run has already. */
export async function takenKeys(sql: Sql, keys: readonly { readonly flow_id: string; readonly key: string }[]): Promise<Set<string>> {
  const rows = await sql<{ key: string }[]>`
    select n.key from json_to_recordset(${JSON.stringify(keys)}::text::json) as n(flow_id uuid, key text)
    where exists (select from flow_run r where r.flow_id = n.flow_id and r.idempotency_key = n.key)`;
  return new Set(rows.map(({ key }) => key));
}

/** The times between two instants, as `deployment_id micros`, at which these deployments have runs of schedules that are none of these. */
export async function timesOfOthers(sql: Sql, schedules: readonly DueSchedule[], { from, to }: { from: string; to: string }): Promise<Set<string>> {
  const rows = await sql<{ deployment_id: string; time: string }[]>`
    select deployment_id, (extract(epoch from expected_start_time) * 1000000)::bigint::text as time from flow_run
    where deployment_id = any(${pgArray(schedules.map(({ deployment }) => deployment.id))}::uuid[]) and auto_scheduled
      and expected_start_time between ${from} and ${to} and created_by->>'id' <> all(${pgArray(schedules.map(({ id }) => id))}::text[])`;
  return new Set(rows.map(({ deployment_id, time }) => `${deployment_id} ${time}`));
}
