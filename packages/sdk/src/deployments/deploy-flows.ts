import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { JsonObject } from '@sluice/core/lib/json';
import type { Deployment, DeploymentCreate } from '@sluice/core/model/deployment';
import type { AnyFlow } from '../model/flow.ts';
import { toJsonSchema } from '../params.ts';
import type { DeploymentConfig } from './config.ts';
import { type PullOptions, pullSteps } from './pull.ts';

export interface DeployTarget {
  /** Folder of the project: entrypoints are relative to it, and runs start in it. */
  readonly root: string;
  /** Pool of deployments that name none. */
  readonly pool: string;
  /** The bundle of the project's code, and where in it the root is; a worker must stand in the project's folder when there is none. */
  readonly bundle?: { readonly name: string; readonly folder: string | null };
}

/** `flows/main-etl.ts:mainEtl`: the file that made the flow, and the name it exports it under. */
export async function findEntrypoint({ flow, options }: DeploymentConfig, root: string): Promise<string> {
  if (options.entrypoint) return options.entrypoint;
  const file = flow.definedIn.startsWith('file:') ? fileURLToPath(flow.definedIn) : flow.definedIn;
  const path = relative(root, file);
  if (path.startsWith('..') || isAbsolute(path)) {
    throw new SluiceError('ENTRYPOINT_INVALID', `The flow '${flow.flowName}' is defined in ${file}, outside of the project ${root}.`, {
      hint: "Export it from a file of the project. One that a package's function makes takes file: import.meta.url of that file.",
    });
  }
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const name = Object.keys(module).find((key) => module[key] === flow);
  if (!name) {
    throw new SluiceError('ENTRYPOINT_INVALID', `${path} does not export the flow '${flow.flowName}'.`, {
      hint: 'A worker loads the flow by its export: write export const before it.',
    });
  }
  return `${path.split(sep).join('/')}:${name}`;
}

/** Changes with the flow's code, when the deployment says no version of its own. */
async function versionOf(flow: AnyFlow): Promise<string> {
  const file = flow.definedIn.startsWith('file:') ? fileURLToPath(flow.definedIn) : flow.definedIn;
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
    .slice(0, 12);
}

type NewDeployment = Omit<DeploymentCreate, 'flow_id'>;

/** A deployment that has been checked, as far as that goes without the server. */
export interface PlannedDeployment {
  /** `flow/deployment`. */
  readonly name: string;
  readonly flow: { readonly name: string; readonly tags: string[] };
  readonly deployment: NewDeployment;
}

/** What is sent for a deployment. Whatever is wrong with it is reported here, with its flow, before any deployment is made. */
export async function planDeployment(config: DeploymentConfig, { root, pool, bundle }: DeployTarget): Promise<PlannedDeployment> {
  const { flow, options } = config;
  const entrypoint = await findEntrypoint(config, root);
  const { memory, cpu, env, sources, maxClaims, runsPerProcess } = options;
  const version = options.version ?? flow.options.version ?? (options.pull ? undefined : bundle?.name.slice(0, 12)) ?? (await versionOf(flow));
  return expectFitting(config, {
    entrypoint,
    ...whereItIs(options.pull, { root, bundle }),
    version,
    ...(options.paused !== undefined && { paused: options.paused }),
    work_pool_name: options.pool ?? pool,
    ...(options.queue && { work_queue_name: options.queue }),
    job_variables: {
      ...options.jobVariables,
      ...(memory && { memory }),
      ...(cpu && { cpu }),
      ...(env && { env: { ...env } }),
      ...(sources?.length && { sources: [...sources] }),
      ...(maxClaims && { max_claims: maxClaims }),
      ...(runsPerProcess && { runs_per_process: runsPerProcess }),
    },
  });
}

/** The same of a deployment whose runs no worker takes: a process that has the flow itself serves it. It is not paused, unless it says so. */
export async function planServed(config: DeploymentConfig, { ourRoutes }: { readonly ourRoutes: boolean }): Promise<PlannedDeployment> {
  const { flow, options } = config;
  return expectFitting(config, {
    entrypoint: null,
    ...(ourRoutes && { bundle: null, bundle_folder: null }),
    path: null,
    pull_steps: null,
    version: options.version ?? flow.options.version ?? (await versionOf(flow)),
    paused: options.paused ?? false,
    work_pool_name: null,
    job_variables: {},
  });
}

/** Of the three ways the last one that was deployed holds. A server that is not ours is told nothing of bundles. */
function whereItIs(pull: PullOptions | undefined, { root, bundle }: Pick<DeployTarget, 'root'> & { bundle: DeployTarget['bundle'] }) {
  if (!pull) return { path: root, pull_steps: null, ...(bundle && { bundle: bundle.name, bundle_folder: bundle.folder }) };
  const none = bundle && { bundle: null, bundle_folder: null };
  return { path: 'path' in pull ? pull.path : null, pull_steps: pullSteps(pull), ...none };
}

/** What says where it runs and by what code, with all the rest. The server's own rules are read only here: a running flow does not need them. */
async function expectFitting({ flow, options }: DeploymentConfig, where: Omit<NewDeployment, 'name'>): Promise<PlannedDeployment> {
  const planned: PlannedDeployment = {
    name: `${flow.flowName}/${options.name}`,
    flow: { name: flow.flowName, tags: [...(flow.options.tags ?? [])] },
    deployment: {
      name: options.name,
      ...where,
      description: options.description ?? flow.options.description ?? null,
      ...(options.schedules && { schedules: [...options.schedules] as NewDeployment['schedules'] }),
      parameters: (options.params ?? {}) as JsonObject,
      tags: [...new Set([...(flow.options.tags ?? []), ...(options.tags ?? [])])],
      parameter_openapi_schema: toJsonSchema(flow.options.params, `parameters of flow '${flow.flowName}'`),
      enforce_parameter_schema: true,
      concurrency_limit: options.concurrencyLimit ?? null,
    },
  };
  const [{ FlowCreate }, { DeploymentCreate }, { entityName }] = await Promise.all([
    import('@sluice/core/model/flow'),
    import('@sluice/core/model/deployment'),
    import('@sluice/core/model/common'),
  ]);
  const { name } = planned;
  const checks = [
    { who: `The flow "${planned.flow.name}"`, result: FlowCreate.safeParse(planned.flow) },
    { who: `The deployment "${name}"`, result: DeploymentCreate.omit({ flow_id: true }).extend({ name: entityName }).safeParse(planned.deployment) },
  ];
  for (const { who, result } of checks) {
    if (result.success) continue;
    const faults = result.error.issues.map(({ path, message }) => `its ${path.join('.')} ${message.replace(/^Too/, 'is too')}`);
    throw new SluiceError('USAGE', `${who} cannot be deployed: ${faults.join('; ')}.`, {
      hint: 'Nothing was deployed. Change it, then deploy again.',
    });
  }
  return planned;
}

/** Makes or replaces a deployment on the server. */
export async function makeDeployment(client: Client, { name, flow, deployment }: PlannedDeployment): Promise<Deployment> {
  const schedules = deployment.schedules?.map(({ catchup, ...schedule }) => ({ ...schedule, ...(catchup && catchup !== 'none' && { catchup }) }));
  if (schedules?.some((schedule) => 'catchup' in schedule) && !(await client.capabilities()).ourRoutes) {
    throw new SluiceError('USAGE', `${client.apiUrl} is not a Sluice server, and makes no runs for times that a schedule of "${name}" has missed.`, {
      hint: "Leave out catchup there, or write catchup: 'none'.",
    });
  }
  const { id: flow_id } = await client.request('POST /flows/', { body: flow });
  return client.request('POST /deployments/', { body: { ...deployment, flow_id, ...(schedules && { schedules }) } });
}

/** Both in one. */
export const deployFlow = async (client: Client, config: DeploymentConfig, target: DeployTarget): Promise<Deployment> =>
  makeDeployment(client, await planDeployment(config, target));
