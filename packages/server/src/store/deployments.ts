import type { DeploymentCreate, DeploymentUpdate } from '@sluice/core/model/deployment';
import type { z } from 'zod';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

const json = (value: unknown) => (value === undefined || value === null ? null : JSON.stringify(value));

/** Makes the deployment, or replaces the one of this flow and name. Returns its id, and whether it was made now. */
export async function upsertDeployment(
  sql: Sql,
  id: string,
  queueId: string | null,
  deployment: z.output<typeof DeploymentCreate>,
): Promise<{ id: string; created: boolean }> {
  const [row] = await sql<[{ id: string }]>`
    insert into deployment (id, created, updated, name, version, description, flow_id, paused, concurrency_limit, concurrency_options,
      job_variables, parameters, tags, labels, work_queue_id, work_queue_name, parameter_openapi_schema, path, pull_steps, entrypoint,
      manifest_path, storage_document_id, infrastructure_document_id, enforce_parameter_schema)
    values (${id}, now(), now(), ${deployment.name}, ${deployment.version ?? null}, ${deployment.description ?? null}, ${deployment.flow_id},
      ${deployment.paused ?? false}, ${deployment.concurrency_limit ?? null}, ${json(deployment.concurrency_options)}::text::json,
      ${json(deployment.job_variables ?? deployment.infra_overrides ?? {})}::text::json, ${json(deployment.parameters ?? {})}::text::json,
      ${pgArray(deployment.tags ?? [])}::text[], ${json(deployment.labels ?? {})}::text::jsonb, ${queueId}, ${deployment.work_queue_name ?? null},
      ${json(deployment.parameter_openapi_schema ?? { type: 'object', properties: {} })}::text::json, ${deployment.path ?? null},
      ${json(deployment.pull_steps)}::text::json, ${deployment.entrypoint ?? null}, ${deployment.manifest_path ?? null},
      ${deployment.storage_document_id ?? null}, ${deployment.infrastructure_document_id ?? null}, ${deployment.enforce_parameter_schema ?? true})
    on conflict (flow_id, name) do update set updated = now(), version = excluded.version, description = excluded.description,
      paused = excluded.paused, concurrency_limit = excluded.concurrency_limit, concurrency_options = excluded.concurrency_options,
      job_variables = excluded.job_variables, parameters = excluded.parameters, tags = excluded.tags, labels = excluded.labels,
      work_queue_id = excluded.work_queue_id, work_queue_name = excluded.work_queue_name,
      parameter_openapi_schema = excluded.parameter_openapi_schema, path = excluded.path, pull_steps = excluded.pull_steps,
      entrypoint = excluded.entrypoint, manifest_path = excluded.manifest_path, storage_document_id = excluded.storage_document_id,
      infrastructure_document_id = excluded.infrastructure_document_id, enforce_parameter_schema = excluded.enforce_parameter_schema
    returning id`;
  return { id: row.id, created: row.id === id };
}

/** Changes the fields that are given; null empties a field that may be empty. `queueId` undefined leaves the queue. */
export async function updateDeployment(
  sql: Sql,
  id: string,
  queueId: string | null | undefined,
  change: z.output<typeof DeploymentUpdate>,
): Promise<boolean> {
  const given = (name: keyof typeof change) => name in change;
  const { count } = await sql`
    update deployment set updated = now(),
      version = case when ${given('version')} then ${change.version ?? null} else version end,
      description = case when ${given('description')} then ${change.description ?? null} else description end,
      paused = coalesce(${change.paused ?? null}, paused),
      concurrency_limit = case when ${given('concurrency_limit')} then ${change.concurrency_limit ?? null}::integer else concurrency_limit end,
      concurrency_options = case when ${given('concurrency_options')} then ${json(change.concurrency_options)}::text::json else concurrency_options end,
      job_variables = coalesce(${json(change.job_variables ?? change.infra_overrides)}::text::json, job_variables),
      parameters = coalesce(${json(change.parameters)}::text::json, parameters),
      tags = coalesce(${change.tags ? pgArray(change.tags) : null}::text[], tags),
      work_queue_id = case when ${queueId !== undefined} then ${queueId ?? null}::uuid else work_queue_id end,
      work_queue_name = case when ${queueId !== undefined} then ${change.work_queue_name ?? null} else work_queue_name end,
      parameter_openapi_schema = coalesce(${json(change.parameter_openapi_schema)}::text::json, parameter_openapi_schema),
      path = case when ${given('path')} then ${change.path ?? null} else path end,
      pull_steps = case when ${given('pull_steps')} then ${json(change.pull_steps)}::text::json else pull_steps end,
      entrypoint = case when ${given('entrypoint')} then ${change.entrypoint ?? null} else entrypoint end,
      enforce_parameter_schema = coalesce(${change.enforce_parameter_schema ?? null}, enforce_parameter_schema)
    where id = ${id}`;
  return count > 0;
}

export async function deleteDeployment(sql: Sql, id: string): Promise<boolean> {
  const { count } = await sql`delete from deployment where id = ${id}`;
  return count > 0;
}

/** What a run of a deployment takes from it. */
export interface DeploymentDefaults {
  readonly id: string;
  readonly name: string;
  readonly flow_id: string;
  readonly flow_name: string;
  readonly version: string | null;
  readonly parameters: { [name: string]: unknown };
  readonly tags: string[];
  readonly labels: { [name: string]: unknown };
  readonly work_queue_id: string | null;
  readonly work_pool_name: string | null;
  readonly parameter_openapi_schema: { [name: string]: unknown } | null;
  readonly enforce_parameter_schema: boolean;
  readonly infrastructure_document_id: string | null;
}

export async function readDefaults(sql: Sql, id: string): Promise<DeploymentDefaults | undefined> {
  const [row] = await sql<{ json: DeploymentDefaults }[]>`
    select row_to_json(x) as json from (
      select d.id, d.name, d.flow_id, f.name as flow_name, d.version, d.parameters, d.tags, d.labels, d.work_queue_id, p.name as work_pool_name,
        d.parameter_openapi_schema, d.enforce_parameter_schema, d.infrastructure_document_id
      from deployment d join flow f on f.id = d.flow_id left join work_queue q on q.id = d.work_queue_id left join work_pool p on p.id = q.work_pool_id
      where d.id = ${id}
    ) x`;
  return row?.json;
}

/** How often a run may be claimed, for deployments whose job variables say so. */
export async function readMaxClaims(sql: Sql, ids: Iterable<string>): Promise<{ id: string; max_claims: number }[]> {
  return sql<{ id: string; max_claims: number }[]>`
    select id, (job_variables ->> 'max_claims')::integer as max_claims from deployment
    where id = any(${pgArray(ids)}::uuid[]) and job_variables ->> 'max_claims' ~ '^[1-9][0-9]{0,3}$'`;
}
