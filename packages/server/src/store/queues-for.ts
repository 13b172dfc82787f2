import type { Fragment, Sql } from '../db/database.ts';

/**
 * The queues `v` that could take up runs of a deployment: its own, and those of Prefect 2 whose filter of tags and deployments lets it
 * through.
 */
export const queuesFor = (sql: Sql, deploymentId: string): Fragment => sql`
  exists (select from deployment d where d.id = ${deploymentId} and (d.work_queue_id = v.id or (json_typeof(v.filter) = 'object'
    and (json_typeof(v.filter -> 'tags') is distinct from 'array' or to_jsonb(d.tags) @> (v.filter -> 'tags')::jsonb)
    and (json_typeof(v.filter -> 'deployment_ids') is distinct from 'array' or json_array_length(v.filter -> 'deployment_ids') = 0
      or (v.filter -> 'deployment_ids')::jsonb @> to_jsonb(d.id)))))`;
