import { type Client, createClient } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { StateCreate } from '@sluice/core/model/state';
import { uuidv7 } from 'uuidv7';

export const POOL = 'default-pool';

/** What a page shows, made through the API: a pool, two deployments, and runs of them. */
export interface Stage {
  readonly client: Client;
  createRun(
    flow: 'main-etl-job' | 'process-table-etl',
    parameters: Record<string, unknown>,
    more?: { name?: string; parent?: HeldRun },
  ): Promise<FlowRun>;
  /** A worker that beats and claims over the API, and does with its runs what a test says. */
  startWorker(name: string, limit?: number): Promise<StagedWorker>;
  close(): Promise<void>;
}

export interface StagedWorker {
  readonly name: string;
  beat(): Promise<void>;
  claim(): Promise<HeldRun>;
}

/** A run that a worker has claimed: every write carries its lease. */
export interface HeldRun {
  readonly run: FlowRun;
  propose(type: StateCreate['type'], message?: string): Promise<void>;
  /** Of rows read, unless another label says what is counted. */
  progress(done: number, total: number, label?: string): Promise<void>;
  log(level: number, message: string): Promise<void>;
  task(name: string, type: StateCreate['type'], message?: string): Promise<string>;
  /** Waits for other runs as `waitForFlowRuns` does, its slots lent. Resolves when the server has heard of it. */
  lendFor(ids: string[]): Promise<void>;
}

export async function setStage(apiUrl: string, apiKey?: string): Promise<Stage> {
  const client = createClient({ apiUrl, apiKey });
  await client.request('POST /work_pools/', { body: { name: POOL, type: 'process' } });
  await client.request('POST /v2/concurrency_limits/', { body: { name: 'tag:database', limit: 3 } });
  const deployments = new Map<string, string>();
  for (const name of ['main-etl-job', 'process-table-etl']) {
    const flow = await client.request('POST /flows/', { body: { name } });
    const body = { name: `${name}-deployment`, flow_id: flow.id, work_pool_name: POOL, enforce_parameter_schema: false };
    deployments.set(name, (await client.request('POST /deployments/', { body })).id);
  }
  return {
    client,
    createRun: async (flow, parameters, { name, parent } = {}) => {
      const parent_task_run_id = parent && (await parent.task(`run ${JSON.stringify(parameters)}`, 'RUNNING'));
      const body = { parameters, ...(name && { name }), ...(parent_task_run_id && { parent_task_run_id }) };
      return client.request('POST /deployments/{id}/create_flow_run', { params: { id: deployments.get(flow) as string }, body });
    },
    startWorker: (name, limit = 1) => startWorker(client, name, limit),
    close: () => client.close(),
  };
}

async function startWorker(client: Client, name: string, concurrency_limit: number): Promise<StagedWorker> {
  const worker_id = uuidv7();
  const held = new Map<string, number>();
  const params = { name: POOL };
  const beat = async () => {
    const leases = Array.from(held, ([flow_run_id, epoch]) => ({ flow_run_id, epoch }));
    const body = { worker_id, name, concurrency_limit, heartbeat_interval_seconds: 10, host: 'stage', pid: 1, version: '0.0.1', leases };
    const { lost } = await client.request('POST /work_pools/{name}/workers/beat', { params, body });
    for (const id of lost) held.delete(id);
  };
  await beat();
  return {
    name,
    beat,
    claim: async () => {
      const [claimed] = await client.request('POST /work_pools/{name}/claim', { params, body: { worker_id, wait_seconds: 20 } });
      if (!claimed) throw new Error(`There is no run for ${name}.`);
      held.set(claimed.flow_run.id, claimed.epoch);
      return holdRun(client, claimed.flow_run, claimed.epoch);
    },
  };
}

function holdRun(client: Client, run: FlowRun, epoch: number): HeldRun {
  const { id } = run;
  const params = { id };
  const headers = { 'x-sluice-lease': `${id}:${epoch}` };
  const tasks = new Map<string, string>();
  return {
    run,
    propose: async (type, message) => {
      await client.request('POST /flow_runs/{id}/set_state', { params, body: { state: { type, message } } }, { headers });
    },
    progress: async (done, total, label = 'rows') => client.request('PUT /flow_runs/{id}/progress', { params, body: { label, done, total } }),
    log: async (level, message) =>
      client.request('POST /logs/', { body: [{ name: 'flow', level, message, timestamp: new Date().toISOString(), flow_run_id: id }] }),
    task: async (name, type, message) => {
      const known = tasks.get(name);
      if (known) {
        await client.request('POST /task_runs/{id}/set_state', { params: { id: known }, body: { state: { type, message } } }, { headers });
        return known;
      }
      const task_run = { id: uuidv7(), name, flow_run_id: id, task_key: name, dynamic_key: '0' };
      const { task_run_id } = await client.request('POST /task_runs/step', { body: { task_run, state: { type, message } } }, { headers });
      tasks.set(name, task_run_id);
      return task_run_id;
    },
    lendFor: async (ids) => {
      const since = Object.fromEntries(ids.map((each) => [each, uuidv7()]));
      await client.request('POST /flow_runs/wait', { body: { ids, since, lend: true, wait_seconds: 20 } }, { headers });
    },
  };
}
