import { hostname } from 'node:os';
import { type Client, createClient, pause } from '@sluice/client';
import { isSluiceError, messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import type { DeploymentConfig } from '../deployments/config.ts';
import { makeDeployment, planServed } from '../deployments/deploy-flows.ts';
import { stopOnSignals } from '../engine/stop-on-signals.ts';
import { currentSettings } from '../settings/settings.ts';
import { askedRun } from './asked-run.ts';
import { claimRun } from './claim-run.ts';
import { runInChild } from './run-in-child.ts';
import type { ServeOptions } from './serve.ts';

const LIMIT = 5;
/** Prefect's own runner asks every 10 s. */
const POLL_MS = 1000;
/** A server that is restarted is waited for. */
const PATIENCE_SECONDS = 60;

/**
 * Makes the deployments, and starts a process for each of their runs that is due, until it is stopped. Such a process is this program once
 * more: it comes to the same call, and runs there what it was started for.
 */
export async function serveFlows(configs: readonly DeploymentConfig[], options: ServeOptions): Promise<void> {
  const byName = new Map(configs.map((config) => [nameOf(config), config]));
  expectServable(configs, byName);
  if (askedRun) {
    const asked = byName.get(askedRun.deployment);
    // Another call of this program has it.
    if (!asked) return new Promise(() => {});
    await (await import('./run-asked.ts')).runAsked(asked.flow.flowName, Promise.resolve(asked.flow), askedRun);
    // What the program or the flow has left open keeps it no longer.
    process.exit();
  }
  const { limit = LIMIT, pauseOnShutdown = true, signal } = options;
  const { api_url, api_key, auth_string, logging_level, grace_seconds, start_seconds } = currentSettings();
  const opens = { apiUrl: api_url, apiKey: api_key, authString: auth_string };
  const names = await deployAll(opens, byName);
  const client = createClient({ ...opens, patienceSeconds: PATIENCE_SECONDS });
  const worker = `${hostname()} ${process.pid}`;
  const running = new Map<string, Promise<void>>();
  const stop = new AbortController();
  using _signals = stopOnSignals(stop);
  const stops = signal ? AbortSignal.any([stop.signal, signal]) : stop.signal;
  console.log(`Serves ${[...byName.keys()].join(', ')}; ${limit} runs at once. Ctrl+C stops it.`);
  try {
    while (!stops.aborted) {
      await look().catch(tellUnlessStopped);
      await pause(POLL_MS, stops).catch(() => {});
    }
  } finally {
    if (pauseOnShutdown) await pauseAll(client, [...names.keys()]).catch((error: unknown) => console.error(messageOf(error)));
    await Promise.all(running.values());
    await client.close();
  }

  async function look(): Promise<void> {
    const room = Math.min(limit - running.size, 200);
    if (room <= 0) return;
    const body = { deployment_ids: [...names.keys()], scheduled_before: new Date().toISOString(), limit: room };
    const due = await client.request('POST /deployments/get_scheduled_flow_runs', { body }, { signal: stops });
    for (const { id, deployment_id } of due) {
      const deployment = names.get(deployment_id ?? '');
      if (stops.aborted || running.has(id) || deployment === undefined) continue;
      const flow = byName.get(deployment)?.flow;
      if (!flow) continue;
      const claim = await claimRun(client, id, worker);
      if ('why' in claim) continue;
      const run = { deployment, flow_run_id: id, epoch: claim.epoch, worker };
      const one = runInChild(client, run, { flow, signal: stops, logging_level, grace_seconds, start_seconds }).finally(() => running.delete(id));
      running.set(id, one);
    }
  }

  function tellUnlessStopped(error: unknown): void {
    if (stops.aborted) return;
    if (isSluiceError(error) && !error.kind.lasting) console.error(error.message);
    else throw error;
  }
}

const nameOf = ({ flow, options }: DeploymentConfig) => `${flow.flowName}/${options.name}`;

/** The names of the deployments, by their ids. Nothing is made unless all fit. */
async function deployAll(opens: Parameters<typeof createClient>[0], byName: ReadonlyMap<string, DeploymentConfig>): Promise<Map<string, string>> {
  const client = createClient(opens);
  try {
    const { ourRoutes } = await client.capabilities();
    const planned = await Promise.all([...byName.values()].map((config) => planServed(config, { ourRoutes })));
    const names = new Map<string, string>();
    for (const each of planned) names.set((await makeDeployment(client, each)).id, each.name);
    return names;
  } finally {
    await client.close();
  }
}

const pauseAll = (client: Client, ids: readonly string[]): Promise<unknown> =>
  Promise.all(ids.map((id) => client.request('POST /deployments/{id}/pause_deployment', { params: { id } })));

/** What is said to workers, and has nobody to hear it here. */
const FOR_WORKERS = [
  'pool',
  'queue',
  'memory',
  'cpu',
  'env',
  'sources',
  'maxClaims',
  'runsPerProcess',
  'jobVariables',
  'entrypoint',
  'pull',
] as const;

function expectServable(configs: readonly DeploymentConfig[], byName: ReadonlyMap<string, DeploymentConfig>): void {
  const refuse = (why: string, hint: string) => new SluiceError('USAGE', `serve() ${why}.`, { hint });
  for (const config of configs) {
    const name = nameOf(config);
    if (byName.get(name) !== config) throw refuse(`has two deployments '${name}'`, 'Give one of them another name.');
    const given = FOR_WORKERS.filter((option) => config.options[option] !== undefined);
    if (given.length > 0)
      throw refuse(
        `runs '${name}' without a worker, so it takes no ${given.join(', ')}`,
        'Leave it out, or deploy it to a work pool by sluice deploy.',
      );
  }
  if (process.argv[1] === undefined)
    throw refuse('starts its program once more for each run, and this one is no file', 'Write it into a file, and start that: node serve.ts.');
}
