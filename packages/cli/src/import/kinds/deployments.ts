import type { JsonObject } from '@sluice/core/lib/json';
import { toInstant, toMicros } from '@sluice/core/lib/time';
import { type Deployment, DeploymentCreate } from '@sluice/core/model/deployment';
import type { Schedule } from '@sluice/core/model/schedule';
import { flowNames } from '../../find/flow-names.ts';
import { filled, type Item, type Kind, keyOf } from '../item.ts';
import { readAll } from '../read-all.ts';
import { blockId, blockNames } from './blocks.ts';
import { ownLabels } from './flows.ts';

/** As each generation answers: Prefect 2.13 has one schedule and no `paused`, Prefect 3 keeps the limit apart. */
type Told = Partial<Deployment> & Pick<Deployment, 'id' | 'name' | 'flow_id'>;

export const deployments: Kind = {
  accepts: DeploymentCreate.omit({ flow_id: true }).extend({ storage: DeploymentCreate.shape.path, infrastructure: DeploymentCreate.shape.path }),
  list: async (client) => {
    const all: Told[] = await readAll(client, 'POST /deployments/filter');
    const [names, blocks] = await Promise.all([flowNames(client, all), blockNames(client)]);
    return all.map((deployment) => toItem(deployment, names.get(deployment.flow_id) ?? deployment.flow_id, blocks));
  },
  compared: (fields) => ({ ...fields, schedules: schedulesOf(fields).map(({ active: _, ...schedule }) => schedule) }),
  create: async (client, { name, fields: { storage, infrastructure, ...fields } }, { activateSchedules }) => {
    const { id: flow_id } = await client.request('POST /flows/', { body: { name: name.slice(0, name.indexOf('/')) } });
    const schedules = schedulesOf(fields).map((schedule) => (activateSchedules ? schedule : { ...schedule, active: false }));
    const stored = {
      ...(storage && { storage_document_id: await blockId(client, String(storage)) }),
      ...(infrastructure && { infrastructure_document_id: await blockId(client, String(infrastructure)) }),
    };
    await client.request('POST /deployments/', { body: { ...fields, ...stored, schedules, flow_id } as never });
  },
};

/** The schedules of a deployment's fields. */
export const schedulesOf = (fields: JsonObject): JsonObject[] => (fields['schedules'] ?? []) as JsonObject[];

function toItem(deployment: Told, flow: string, blocks: ReadonlyMap<string, string>): Item {
  const { name, storage_document_id, infrastructure_document_id, work_pool_name } = deployment;
  const documents = { storage: storage_document_id, infrastructure: infrastructure_document_id };
  const named = Object.entries(documents).flatMap(([part, id]) => (id ? [{ part, path: blocks.get(id) }] : []));
  const unnamed = named.find(({ path }) => path === undefined);
  const fields = fieldsOf(deployment);
  return {
    kind: 'deployment',
    name: `${flow}/${name}`,
    fields: { ...fields, ...Object.fromEntries(named.flatMap(({ part, path }) => (path ? [[part, path]] : []))) },
    needs: [
      keyOf('flow', flow),
      ...(work_pool_name ? [keyOf('work pool', work_pool_name)] : []),
      ...named.flatMap(({ path }) => (path ? [keyOf('block', path)] : [])),
    ],
    cannot: unnamed && `its ${unnamed.part} is a block without a name, which agents of Prefect 2 alone use: deploy it to a work pool`,
  };
}

function fieldsOf(told: Told): JsonObject {
  const limit = told.global_concurrency_limit as { limit?: number } | null | undefined;
  const { name, version, description, parameters, tags, work_pool_name, work_queue_name, parameter_openapi_schema } = told;
  const { path, pull_steps, entrypoint, manifest_path, enforce_parameter_schema, concurrency_options } = told;
  const job_variables = told.job_variables ?? told.infra_overrides;
  const concurrency_limit = limit?.limit ?? told.concurrency_limit;
  const fields = filled({
    ...{ name, version, description, parameters, tags, work_pool_name, work_queue_name },
    ...{ path, pull_steps, entrypoint, manifest_path, enforce_parameter_schema, job_variables, concurrency_limit },
    concurrency_options: concurrency_options && filled(concurrency_options),
    labels: ownLabels(told.labels),
    // That Prefect 2's only schedule is off stops no run that somebody starts.
    paused: told.paused ?? false,
    schedules: schedulesTold(told),
  });
  // None and an empty one are told apart from a schema that was left out.
  return { ...fields, parameter_openapi_schema: parameter_openapi_schema ?? null };
}

function schedulesTold({ schedules, schedule, is_schedule_active }: Told): JsonObject[] {
  const all =
    schedules ?? (schedule ? [{ schedule, active: is_schedule_active !== false, max_scheduled_runs: null, parameters: {}, slug: null }] : []);
  return all
    .map(({ schedule: rule, active, max_scheduled_runs, parameters, slug }) =>
      filled({ schedule: sameInstant(rule), active, max_scheduled_runs, parameters, slug }),
    )
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** The date from which an interval counts, as our servers write it. */
function sameInstant(schedule: Schedule): JsonObject {
  const rule = filled(schedule);
  return 'anchor_date' in schedule ? { ...rule, anchor_date: toInstant(toMicros(schedule.anchor_date)) } : rule;
}
