import type { DeploymentCreate, DeploymentUpdate } from '@sluice/core/model/deployment';
import type { z } from 'zod';
import type { Fragment, Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';

/** Columns that a request may set, with their types. */
const COLUMNS = {
  version: 'text',
  description: 'text',
  paused: 'boolean',
  concurrency_limit: 'integer',
  concurrency_options: 'json',
  job_variables: 'json',
  parameters: 'json',
  tags: 'text[]',
  labels: 'jsonb',
  parameter_openapi_schema: 'json',
  path: 'text',
  pull_steps: 'json',
  entrypoint: 'text',
  manifest_path: 'text',
  bundle: 'text',
  bundle_folder: 'text',
  storage_document_id: 'uuid',
  infrastructure_document_id: 'uuid',
  enforce_parameter_schema: 'boolean',
  work_queue_id: 'uuid',
  work_queue_name: 'text',
} as const;

type Column = keyof typeof COLUMNS;
/** Schedules are in a table of their own. */
type Change = Omit<z.output<typeof DeploymentUpdate>, 'schedules'>;

/** What null stands for in columns that are never empty. */
const NEVER_NULL: { readonly [column in Column]?: unknown } = {
  paused: false,
  job_variables: {},
  parameters: {},
  tags: [],
  labels: {},
  enforce_parameter_schema: true,
};

function encode(type: string, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (type.startsWith('json')) return JSON.stringify(value);
  return type === 'text[]' ? pgArray(value as string[]) : String(value);
}

/** The columns that a request sets, by name. `queueId` undefined leaves the queue as it is; Prefect 2 says infra_overrides for job_variables. */
function columnsOf(
  sql: Sql,
  { infra_overrides, ...change }: Change & { labels?: unknown },
  queueId: string | null | undefined,
): Map<Column, Fragment> {
  const given: { readonly [name: string]: unknown } = {
    ...change,
    job_variables: change.job_variables ?? infra_overrides ?? change.job_variables,
    work_queue_id: queueId,
    work_queue_name: queueId === undefined ? undefined : change.work_queue_name,
  };
  const names = (Object.keys(COLUMNS) as Column[]).filter((name) => given[name] !== undefined);
  return new Map(
    names.map((name) => {
      const type = COLUMNS[name];
      return [name, sql`${encode(type, given[name] ?? NEVER_NULL[name])}::text::${sql.unsafe(type)}`];
    }),
  );
}

/** The fragments one behind the other, none of them too. */
const all = (sql: Sql, fragments: readonly Fragment[]): Fragment => fragments.reduce((before, next) => sql`${before} ${next}`, sql``);

const ANY_PARAMETERS = { type: 'object', properties: {} };

/** Makes the deployment, or changes the one of this flow and name where something is told, as Prefect 3.8.3. Returns its id, and whether it was made now. */
export async function upsertDeployment(
  sql: Sql,
  id: string,
  queueId: string | null | undefined,
  { name, flow_id, ...rest }: Omit<z.output<typeof DeploymentCreate>, 'schedules'>,
): Promise<{ id: string; created: boolean }> {
  const columns = [...columnsOf(sql, { parameter_openapi_schema: ANY_PARAMETERS, ...rest }, queueId)];
  const told = [...columnsOf(sql, rest, queueId).keys()];
  const names = columns.map(([column]) => sql`, ${sql(column)}`);
  const values = columns.map(([, value]) => sql`, ${value}`);
  const changes = told.map((column) => sql`, ${sql(column)} = excluded.${sql(column)}`);
  const [row] = await sql<[{ id: string }]>`
    insert into deployment (id, created, updated, name, flow_id ${all(sql, names)})
    values (${id}, now(), now(), ${name}, ${flow_id} ${all(sql, values)})
    on conflict (flow_id, name) do update set updated = now() ${all(sql, changes)} returning id`;
  return { id: row.id, created: row.id === id };
}

/** Changes the fields that are told; null empties a field that may be empty. */
export async function updateDeployment(sql: Sql, id: string, queueId: string | null | undefined, change: Change): Promise<boolean> {
  const changes = [...columnsOf(sql, change, queueId)].map(([column, value]) => sql`, ${sql(column)} = ${value}`);
  const { count } = await sql`update deployment set updated = now() ${all(sql, changes)} where id = ${id}`;
  return count > 0;
}

/** Pauses or resumes a deployment. */
export async function setPaused(sql: Sql, id: string, paused: boolean): Promise<boolean> {
  const { count } = await sql`update deployment set updated = now(), paused = ${paused} where id = ${id}`;
  return count > 0;
}

/** Deletes those of these deployments that are there, and returns their ids. */
export async function deleteDeployments(sql: Sql, ids: readonly string[]): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`delete from deployment where id = any(${pgArray(ids)}::uuid[]) returning id`;
  return rows.map(({ id }) => id);
}

/** Notes that a process asks for runs of these deployments. It says only what a list shows as ready. */
export async function noteServed(sql: Sql, ids: readonly string[]): Promise<void> {
  await sql`update deployment set last_polled = now() where id = any(${pgArray(ids)}::uuid[])`.catch(() => {});
}

/** The deployment of this name of the flow of that name, as the JSON text of the wire. */
export async function readDeploymentByName(sql: Sql, flow: string, name: string): Promise<string | undefined> {
  const [row] = await sql<{ json: string }[]>`
    select row_to_json(v)::text as json from deployment_view v where flow_id = (select id from flow where name = ${flow}) and name = ${name}`;
  return row?.json;
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
  readonly bundle: string | null;
  readonly job_variables: { [name: string]: unknown };
}

export async function readDefaults(sql: Sql, id: string): Promise<DeploymentDefaults | undefined> {
  const [row] = await sql<{ json: DeploymentDefaults }[]>`
    select row_to_json(x) as json from (
      select d.id, d.name, d.flow_id, f.name as flow_name, d.version, d.parameters, d.tags, d.labels, d.work_queue_id, p.name as work_pool_name,
        d.parameter_openapi_schema, d.enforce_parameter_schema, d.infrastructure_document_id, d.bundle, d.job_variables
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
