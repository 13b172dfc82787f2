import { hostname } from 'node:os';
import { isObject } from '@sluice/core/lib/json';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { TaskRun } from '@sluice/core/model/task-run';
import { childFlowRuns, childTaskRuns, expectSettings, type FlowRunHandle, type RunContext } from '@sluice/sdk';
import type { Load, Unreadable } from '../model.ts';
import { attemptsOf } from '../report/attempts.ts';
import { buildReport, type Report, type TableOutcome } from '../report/report.ts';
import { writeReport } from '../report/write-report.ts';
import { destinationOf } from './destination-of.ts';
import { type Packed, pack } from './packed.ts';
import { withLease } from './with-lease.ts';

export interface PublishRequest {
  /** Flow run of the job. */
  readonly main: string;
  readonly warehouse?: string | undefined;
  /** Tables of the source that nothing was started for. */
  readonly unreadable: readonly Unreadable[];
  /** Tables of the warehouse that the source does not have any more. */
  readonly gone?: readonly string[] | undefined;
}

/** A report that was written on the machine of the clean-up, and which others take from its task run. */
export interface WrittenReport {
  readonly file: string;
  readonly totals: Report['totals'];
  readonly report: Packed<Report>;
}

/** Second clean-up: the warehouse is checked and tidied, and what became of every table is written into the report. */
export async function publish({ main, warehouse, unreadable, gone = [] }: PublishRequest, context: RunContext): Promise<WrittenReport> {
  const { home } = expectSettings();
  const destination = destinationOf(home, warehouse);
  const runs = latest(await childFlowRuns(main));
  const [refused, started] = partition(runs, ({ flow_run }) => codeOf(flow_run) === 'TABLE_UNREADABLE');
  const tries = Map.groupBy(await childTaskRuns(main), ({ flow_run_id }) => flow_run_id);
  const outcomes = await Promise.all(started.map((run) => toOutcome(run, tries.get(run.flow_run.id) ?? [])));
  const facts = await withLease(destination, context.signal, () => destination.publish(context));
  const report = buildReport(outcomes, [...unreadable, ...refused.map(toUnreadable)], {
    flow_run_id: main,
    warehouse: facts,
    gone,
    started: runs.map(({ flow_run }) => flow_run.created).sort()[0] ?? new Date().toISOString(),
    ended: new Date().toISOString(),
    host: hostname(),
  });
  return { file: await writeReport(home, report), totals: report.totals, report: pack(report) };
}

/** The last run of each table: one that was not read in the snapshot of the others was read again. */
function latest(runs: readonly FlowRunHandle[]): FlowRunHandle[] {
  const ordered = runs.toSorted((a, b) => (a.flow_run.created < b.flow_run.created ? -1 : 1));
  const tables = ordered.filter(({ flow_run }) => flow_run.parameters['table'] !== undefined);
  return [...new Map(tables.map((run) => [run.flow_run.parameters['table'], run])).values()];
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

/** The code of the error that a run has failed with. */
function codeOf({ state }: FlowRun): unknown {
  return state?.type === 'FAILED' && isObject(state.data) ? state.data['code'] : undefined;
}

const toUnreadable = ({ flow_run }: FlowRunHandle): Unreadable => ({
  table: String(flow_run.parameters['table']),
  reason: flow_run.state?.message ?? 'It cannot be read.',
});

async function toOutcome(handle: FlowRunHandle, taskRuns: readonly TaskRun[]): Promise<TableOutcome> {
  const { state_type, total_run_time, worker_name, parameters, state } = handle.flow_run;
  const load = state_type === 'COMPLETED' ? ((await handle.result()) as Load) : null;
  return {
    table: load?.table ?? String(parameters['table']),
    load,
    seconds: total_run_time,
    worker: worker_name,
    attempts: attemptsOf(handle.flow_run, taskRuns),
    reason: load ? null : (state?.message ?? state?.name ?? null),
  };
}
