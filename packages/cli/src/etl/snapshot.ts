import { type Client, pageAll } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { Progress } from '@sluice/core/model/progress';
import { isFinal } from '@sluice/core/model/state-type';
import { flowNames } from '../find/flow-names.ts';
import { readLastLoads, secondsLeft } from './time-left.ts';

/** What one worker is doing. */
export interface WorkerLine {
  readonly worker: string;
  /** Null while it waits. */
  readonly title: string | null;
  /** The table; null for a clean-up, which has none. */
  readonly rows: number | null;
  /** Rows that the table is planned to have; null while nobody knows. */
  readonly planned: number | null;
  readonly rows_per_second: number;
}

/** A run that the job has made. */
interface ChildRun {
  readonly run: FlowRun;
  /** The table that it loads, or the name of its flow. */
  readonly title: string;
  readonly isTable: boolean;
}

/** The job at one moment, as it is shown. */
export interface Snapshot {
  readonly workers: readonly WorkerLine[];
  readonly done: number;
  readonly running: number;
  readonly queued: number;
  readonly failed: number;
  readonly total: number;
  /** How long it still takes, by what the last loads of these tables took; null where that is not known. */
  readonly seconds_left: number | null;
  readonly slots: readonly { readonly name: string; readonly used: number; readonly limit: number }[];
  readonly main: FlowRun;
  /** The newest first. */
  readonly children: readonly ChildRun[];
}

interface Job {
  /** Id of its flow run. */
  readonly main: string;
  readonly workers: readonly string[];
  readonly tag: string;
}

const isTable = ({ parameters }: FlowRun): boolean => parameters['table'] !== undefined;

/** Reads the job from the server at each call: the main run, the runs it has made, their progress, and the slots of the tag. */
export function createSnapshots(client: Client, { main: mainId, workers, tag }: Job): () => Promise<Snapshot> {
  const names = new Map<string, string>();
  let planned = 0;
  const lastLoads = readLastLoads(client);
  const toChild = (run: FlowRun): ChildRun => ({
    run,
    title: isTable(run) ? String(run.parameters['table']) : (names.get(run.flow_id) ?? run.name),
    isTable: isTable(run),
  });
  return async () => {
    const children = { flow_runs: { parent_flow_run_id: { any_: [mainId] } } };
    const [main, runs, limits] = await Promise.all([
      client.request('GET /flow_runs/{id}', { params: { id: mainId } }),
      pageAll((page) => client.request('POST /flow_runs/filter', { body: { ...children, ...page, sort: 'ID_DESC' } })),
      client.request('POST /v2/concurrency_limits/filter', { body: {} }),
    ]);
    const unnamed = runs.filter((run) => !isTable(run) && !names.has(run.flow_id));
    for (const [id, name] of await flowNames(client, unnamed)) names.set(id, name);
    const active = runs.filter(isActive);
    const progress = await readProgress(client, [mainId, ...active.map(({ id }) => id)]);
    // The job says how many there are as soon as it has planned them; their runs are made one after the other.
    planned = Math.max(planned, progress.find(({ flow_run_id }) => flow_run_id === mainId)?.total ?? 0);
    const tables = latestOf(runs.filter(isTable));
    const counts = countTables(tables);
    return {
      ...counts,
      seconds_left: secondsLeft(
        tables.filter(({ state_type }) => !isFinal(state_type)),
        await lastLoads,
        workers.length,
      ),
      total: Math.max(planned, counts.total),
      workers: workers.map((worker) => toLine(worker, active.map(toChild), progress)),
      slots: limits
        .filter(({ name }) => name === `tag:${tag}`)
        .map(({ name, active_slots, limit }) => ({ name: name.slice(4), used: active_slots, limit })),
      main,
      children: runs.map(toChild),
    };
  };
}

/** Prefect's own server keeps none. */
async function readProgress(client: Client, ids: readonly string[]): Promise<Progress[]> {
  if (!(await client.capabilities()).ourRoutes) return [];
  return client.request('POST /flow_runs/progress', { body: { ids: [...ids] } });
}

const isActive = ({ state_type }: FlowRun): boolean => state_type === 'RUNNING' || state_type === 'PENDING';

/** A table that was read again counts once. */
const latestOf = (newestFirst: readonly FlowRun[]): FlowRun[] => [
  ...new Map(newestFirst.toReversed().map((run) => [run.parameters['table'], run])).values(),
];

function countTables(tables: readonly FlowRun[]): Pick<Snapshot, 'done' | 'running' | 'queued' | 'failed' | 'total'> {
  const count = (test: (run: FlowRun) => boolean) => tables.filter(test).length;
  return {
    done: count(({ state_type }) => state_type === 'COMPLETED'),
    running: count(isActive),
    queued: count(({ state_type }) => state_type === 'SCHEDULED'),
    failed: count(({ state_type }) => isFinal(state_type) && state_type !== 'COMPLETED'),
    total: tables.length,
  };
}

function toLine(worker: string, active: readonly ChildRun[], progress: readonly Progress[]): WorkerLine {
  const child = active.find(({ run: { worker_name, waiting_on } }) => worker_name === worker && waiting_on === null);
  if (!child) return { worker, title: null, rows: null, planned: null, rows_per_second: 0 };
  const { run, title } = child;
  if (!child.isTable) return { worker, title, rows: null, planned: null, rows_per_second: 0 };
  const known = progress.find(({ flow_run_id }) => flow_run_id === run.id);
  // What is being loaded has all been read.
  const rows = (known?.label === 'loading' ? known.total : known?.done) ?? 0;
  return { worker, title, rows, planned: known?.total ?? null, rows_per_second: run.estimated_run_time > 0 ? rows / run.estimated_run_time : 0 };
}
