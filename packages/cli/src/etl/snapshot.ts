import { type Client, pageAll } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { Progress } from '@sluice/core/model/progress';
import { isFinal } from '@sluice/core/model/state-type';

/** What one worker is doing. */
export interface WorkerLine {
  readonly worker: string;
  readonly table: string | null;
  readonly rows: number;
  readonly rows_per_second: number;
}

/** The job at one moment, as it is shown. */
export interface Snapshot {
  readonly workers: readonly WorkerLine[];
  readonly done: number;
  readonly running: number;
  readonly queued: number;
  readonly failed: number;
  readonly total: number;
  readonly slots: readonly { readonly name: string; readonly used: number; readonly limit: number }[];
  readonly main: FlowRun;
  readonly tables: readonly FlowRun[];
}

const tableOf = (run: FlowRun): string => String(run.parameters['table'] ?? run.name);

/** Reads the job from the server: the main run, the runs of its tables, their progress, and the slots of the tag. */
export async function readSnapshot(client: Client, mainId: string, workers: readonly string[], tag: string): Promise<Snapshot> {
  const children = { flow_runs: { parent_flow_run_id: { any_: [mainId] } } };
  const [main, runs, limits] = await Promise.all([
    client.request('GET /flow_runs/{id}', { params: { id: mainId } }),
    pageAll((page) => client.request('POST /flow_runs/filter', { body: { ...children, ...page, sort: 'ID_DESC' } })),
    client.request('POST /v2/concurrency_limits/filter', { body: {} }),
  ]);
  const active = runs.filter(({ state_type }) => state_type === 'RUNNING' || state_type === 'PENDING');
  const progress = await client.request('POST /flow_runs/progress', { body: { ids: active.map(({ id }) => id) } });
  const tables = runs.filter(({ parameters }) => parameters['table'] !== undefined);
  const count = (test: (run: FlowRun) => boolean) => tables.filter(test).length;
  return {
    workers: workers.map((worker) => toLine(worker, active, progress)),
    done: count(({ state_type }) => state_type === 'COMPLETED'),
    running: count(({ state_type }) => state_type === 'RUNNING' || state_type === 'PENDING'),
    queued: count(({ state_type }) => state_type === 'SCHEDULED'),
    failed: count(({ state_type }) => isFinal(state_type) && state_type !== 'COMPLETED'),
    total: tables.length,
    slots: limits
      .filter(({ name }) => name === `tag:${tag}`)
      .map(({ name, active_slots, limit }) => ({ name: name.slice(4), used: active_slots, limit })),
    main,
    tables,
  };
}

function toLine(worker: string, active: readonly FlowRun[], progress: readonly Progress[]): WorkerLine {
  const run = active.find(({ worker_name, waiting_on }) => worker_name === worker && waiting_on === null);
  if (!run) return { worker, table: null, rows: 0, rows_per_second: 0 };
  const rows = progress.find(({ flow_run_id }) => flow_run_id === run.id)?.done ?? 0;
  return { worker, table: tableOf(run), rows, rows_per_second: run.estimated_run_time > 0 ? rows / run.estimated_run_time : 0 };
}
