import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

export interface LeaseRow {
  readonly flow_run_id: string;
  readonly epoch: number;
  readonly work_pool_id: string | null;
  readonly work_queue_id: string | null;
  readonly deployment_id: string | null;
  readonly incarnation_id: string | null;
  readonly lease_seconds: number | null;
  /** Of a run that no worker of ours has claimed, where its deployment has a limit: by which its slot of that is prolonged. */
  readonly deployment_lease_id: string | null;
  readonly deployment_seconds: number | null;
  readonly lent: boolean;
  readonly expired: boolean;
}

/** Keeps beats from prolonging these leases, and tells which have ended for good: their time is over while nobody can change it. */
export async function lockExpired(sql: Sql, flowRunIds: Iterable<string>): Promise<Set<string>> {
  const rows = await sql<{ flow_run_id: string }[]>`
    select flow_run_id from flow_run_lease
    where flow_run_id = any(${pgArray(flowRunIds)}::uuid[]) and expires_at < clock_timestamp() order by flow_run_id for update`;
  return new Set(rows.map(({ flow_run_id }) => flow_run_id));
}

export async function insertLeases(sql: Sql, leases: readonly LeaseRow[]): Promise<void> {
  await sql`
    insert into flow_run_lease (flow_run_id, epoch, work_pool_id, work_queue_id, deployment_id, incarnation_id, granted, expires_at,
      deployment_lease_id, deployment_seconds, deployment_until)
    select n.flow_run_id, n.epoch, n.work_pool_id, n.work_queue_id, n.deployment_id, n.incarnation_id, clock_timestamp(),
      clock_timestamp() + n.lease_seconds * interval '1 second', n.deployment_lease_id, n.deployment_seconds,
      case when n.deployment_lease_id is not null then clock_timestamp() + n.deployment_seconds * interval '1 second' end
    from json_to_recordset(${JSON.stringify(leases)}::text::json) as n(
      flow_run_id uuid, epoch integer, work_pool_id uuid, work_queue_id uuid, deployment_id uuid, incarnation_id uuid, lease_seconds double precision,
      deployment_lease_id uuid, deployment_seconds integer)`;
}

/** A slot of a deployment that its run has when it begins to run. */
export interface HeldSlot {
  readonly flow_run_id: string;
  readonly deployment_id: string | null;
  /** Its client prolongs it from now on. Nobody else does: it lasts as long as the run. */
  readonly renews: boolean;
}

export async function holdDeploymentSlots(sql: Sql, held: readonly HeldSlot[]): Promise<void> {
  await sql`
    update flow_run_lease l set deployment_id = n.deployment_id,
      deployment_until = case when n.renews then clock_timestamp() + l.deployment_seconds * interval '1 second' end
    from json_to_recordset(${JSON.stringify(held)}::text::json) as n(flow_run_id uuid, deployment_id uuid, renews boolean)
    where l.flow_run_id = n.flow_run_id`;
}

/** Prolongs the slot of a deployment. False when it has ended. */
export async function renewDeploymentSlot(sql: Sql, leaseId: string, seconds: number): Promise<boolean> {
  const { count } = await sql`
    update flow_run_lease set deployment_until = case when deployment_until is null then null else clock_timestamp() + ${seconds} * interval '1 second' end
    where deployment_lease_id = ${leaseId} and deployment_id is not null and (deployment_until is null or deployment_until > clock_timestamp())`;
  return count > 0;
}

/** Frees slots of deployments that nobody has prolonged. Their runs go on, or learn it when they begin. Returns how many. */
export async function endDeploymentSlots(sql: Sql): Promise<number> {
  const { count } = await sql`
    update flow_run_lease set deployment_id = null, deployment_until = null where deployment_until < clock_timestamp() and deployment_id is not null`;
  return count;
}

/** Ends leases with all slots that the runs and their tasks hold. Returns the concurrency limits that have room now. */
export async function endLeases(sql: Sql, flowRunIds: Iterable<string>): Promise<string[]> {
  const ids = pgArray(flowRunIds);
  const [, slots] = await Promise.all([
    sql`delete from flow_run_lease where flow_run_id = any(${ids}::uuid[])`,
    sql<{ concurrency_limit_id: string }[]>`delete from concurrency_slot where flow_run_id = any(${ids}::uuid[]) returning concurrency_limit_id`,
  ]);
  return slots.map(({ concurrency_limit_id }) => concurrency_limit_id);
}

/** A holder that beats for itself. It hears whether its run is being cancelled; undefined when its lease is over. */
export async function prolongLease(sql: Sql, flow_run_id: string, epoch: number, seconds: number): Promise<{ cancelling: boolean } | undefined> {
  const [row] = await sql<{ cancelling: boolean }[]>`
    update flow_run_lease l set expires_at = clock_timestamp() + ${seconds} * interval '1 second' from flow_run r
    where l.flow_run_id = ${flow_run_id} and l.epoch = ${epoch} and r.id = l.flow_run_id returning r.state_type = 'CANCELLING' as cancelling`;
  return row;
}

/** Leases whose time is over, the oldest first. */
export async function readExpiredLeases(sql: Sql): Promise<{ flow_run_id: string; cancelling: boolean }[]> {
  return sql<{ flow_run_id: string; cancelling: boolean }[]>`
    select l.flow_run_id, r.state_type = 'CANCELLING' as cancelling
    from flow_run_lease l join flow_run r on r.id = l.flow_run_id
    where l.expires_at < clock_timestamp() order by l.expires_at limit 500`;
}
