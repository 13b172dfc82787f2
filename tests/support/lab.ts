import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, createClient, findDeployment } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { State } from '@sluice/core/model/state';
import { isFinal } from '@sluice/core/model/state-type';
import type { SettingName } from '@sluice/core/settings/settings';
import { type DeploymentOptions, deploy, deployFlow, type Flow } from '@sluice/sdk';
import { startTestServer } from '@sluice/server/testing';
import { startWorker, type WorkerOptions } from '@sluice/worker';
import { readResult } from '../../packages/sdk/src/runs/results.ts';
import { type Gates, startGates } from './gates.ts';
import type { Mark } from './inside.ts';
import { stretched } from './patience.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

export type LabWorker = AsyncDisposable & { readonly name: string; readonly events: string[]; drain(): void; readonly ended: Promise<void> };

/** A server with short leases, workers in this process, and flows that leave marks and stand at gates. */
export interface Lab {
  readonly url: string;
  readonly home: string;
  readonly databaseUrl: string;
  readonly client: Client;
  readonly gates: Gates;
  /** A new work pool of its own name. */
  pool(limit?: number): Promise<string>;
  worker(pool: string, options?: Partial<WorkerOptions>): Promise<LabWorker>;
  /** Deploys a flow of a fixture file to a pool, and returns the deployment's name. */
  deploy<In, Params, Result>(pool: string, flow: Flow<In, Params, Result>, options?: Partial<DeploymentOptions<In>>, root?: string): Promise<string>;
  start(deployment: string, parameters?: object, more?: { readonly job_variables?: object; readonly tags?: string[] }): Promise<FlowRun>;
  read(id: string): Promise<FlowRun>;
  /** The run as soon as it is as wanted: one subscription, no polling. */
  until(id: string, isWanted: (run: FlowRun) => boolean): Promise<FlowRun>;
  ended(id: string): Promise<FlowRun>;
  /** Starts a run and waits for its end. */
  run(deployment: string, parameters?: object): Promise<FlowRun>;
  states(id: string): Promise<State[]>;
  /** The value that a COMPLETED run returned. */
  result(run: FlowRun): Promise<unknown>;
  /** The run's log, a text for each entry. */
  log(run: Pick<FlowRun, 'id'>): Promise<string[]>;
  cancel(id: string): Promise<void>;
  /** What runs have left behind, of all or of one, in order. */
  marks(flowRunId?: string): Mark[];
  stop(): Promise<void>;
}

/** No lease ends by itself: server, workers and the test share a process and a busy machine, and the run would go to another process. */
const settings = () => ({ lease_seconds: stretched(60), sweep_seconds: '0.2', logging_level: 'WARNING' });

export const SHORT_LEASE_SECONDS = 4;
/** For tests that wait until a lease ends. */
export const shortLeases = () => ({ lease_seconds: stretched(SHORT_LEASE_SECONDS) });

export const workerOptions = (
  lab: Pick<Lab, 'url' | 'home'> & { readonly key?: string | undefined; readonly authString?: string | undefined },
  pool: string,
  name: string,
): WorkerOptions => ({
  api: { api_url: lab.url, api_key: lab.key, auth_string: lab.authString },
  cleanEnv: false,
  pool,
  name,
  limit: 1,
  queues: [],
  beatSeconds: 0.3,
  graceSeconds: Number(stretched(20)),
  loggingLevel: 'CRITICAL',
  cache: join(lab.home, 'cache'),
  bundles: join(lab.home, 'bundles'),
});

export async function startLab(postgres: string, flags: { readonly [N in SettingName]?: string } = {}): Promise<Lab> {
  const [server, gates] = await Promise.all([startTestServer(postgres, { ...settings(), ...flags }), startGates()]);
  const { url, home, databaseUrl } = server;
  const { api_key: key, auth_string: authString } = flags;
  const client = createClient({ apiUrl: url, apiKey: key, authString });
  const file = join(home, 'marks');
  process.env['TEST_MARKS'] = file;
  process.env['TEST_GATES'] = gates.url;
  let pools = 0;
  let workers = 0;

  async function worker(pool: string, options: Partial<WorkerOptions> = {}): Promise<LabWorker> {
    const name = options.name ?? `worker-${++workers}`;
    const events: string[] = [];
    const onEvent: WorkerOptions['onEvent'] = (event) => events.push(event.type === 'note' ? event.message : event.type);
    const started = await startWorker({ ...workerOptions({ url, home, key, authString }, pool, name), onEvent, ...options });
    const stop = () => {
      started.drain();
      return started.ended;
    };
    return { name, events, drain: started.drain, ended: started.ended, [Symbol.asyncDispose]: stop };
  }

  const read = (id: string) => client.request('GET /flow_runs/{id}', { params: { id } });

  async function until(id: string, isWanted: (run: FlowRun) => boolean): Promise<FlowRun> {
    for (;;) {
      const run = await read(id);
      if (isWanted(run)) return run;
      if (isFinal(run.state_type)) throw new Error(`${run.name} is ${run.state_name}: ${run.state?.message}`);
      await client.request('POST /flow_runs/wait', { body: { ids: [id], since: run.state_id ? { [id]: run.state_id } : {} } });
    }
  }

  async function start(name: string, parameters: object = {}, more: object = {}): Promise<FlowRun> {
    const { id } = await findDeployment(client, name);
    return client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body: { parameters, ...more } as never });
  }

  const ended = (id: string) => until(id, ({ state_type }) => isFinal(state_type));
  return {
    url,
    home,
    databaseUrl,
    client,
    gates,
    worker,
    read,
    until,
    start,
    ended,
    pool: async (limit) => {
      const name = `pool-${++pools}`;
      await client.request('POST /work_pools/', { body: { name, ...(limit && { concurrency_limit: limit }) } });
      return name;
    },
    deploy: async (pool, flow, options = {}, root = ROOT) => {
      const { name } = await deployFlow(client, deploy(flow, { name: pool, ...options }), { root, pool });
      return `${flow.flowName}/${name}`;
    },
    run: async (name, parameters) => ended((await start(name, parameters)).id),
    result: (run) => (run.state ? readResult(client, run.state) : Promise.resolve(undefined)),
    states: (id) => client.request('GET /flow_run_states/', { query: { flow_run_id: id } }),
    log: async ({ id }) => {
      const lines = await client.request('POST /logs/filter', { body: { logs: { flow_run_id: { any_: [id] } } } });
      return lines.map(({ message }) => message);
    },
    cancel: async (id) => {
      await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: { type: 'CANCELLING' } } });
    },
    marks: (flowRunId) => {
      const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
      const all = lines.filter(Boolean).map((line) => JSON.parse(line) as Mark);
      return flowRunId === undefined ? all : all.filter(({ flow_run_id }) => flow_run_id === flowRunId);
    },
    stop: async () => {
      await client.close();
      await Promise.all([server.stop(), gates.close()]);
    },
  };
}
