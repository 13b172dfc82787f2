import { AsyncLocalStorage } from 'node:async_hooks';
import type { FlowRunScope, TaskTry } from './engine/flow-run-scope.ts';
import type { Logger } from './logging.ts';
import type { ReportProgress } from './progress.ts';

/** The run that the current code belongs to. */
export interface RunInfo {
  readonly flow_run_id: string;
  readonly flow_run_name: string;
  readonly flow_name: string;
  readonly deployment_id: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The number of this try of the flow run, from 1. */
  readonly attempt: number;
  /** The lease's epoch; 0 for a run that no worker holds. Hand it to systems outside as an idempotency token with the run's id. */
  readonly epoch: number;
  readonly worker_name: string | null;
  readonly task_run_id: string | null;
  readonly task_name: string | null;
}

/** The second argument of every flow and task. */
export interface RunContext {
  readonly run: RunInfo;
  /** Aborted when the run is cancelled, runs out of time, or its worker loses it. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly progress: ReportProgress;
}

interface Current {
  readonly scope: FlowRunScope;
  readonly context: RunContext;
  /** The try of a task that the code belongs to; undefined in the flow itself. */
  readonly task?: TaskTry;
}

const storage = new AsyncLocalStorage<Current>();

export const withContext = <T>(current: Current, work: () => T): T => storage.run(current, work);

/** The scope of the flow run that the caller is in; undefined outside of one. */
export const currentScope = (): FlowRunScope | undefined => storage.getStore()?.scope;
export const currentContext = (): RunContext | undefined => storage.getStore()?.context;
export const currentTask = (): TaskTry | undefined => storage.getStore()?.task;

export const run = {
  /** The current run; throws outside of one. */
  current(): RunInfo {
    const context = currentContext();
    if (!context) throw new Error('run.current() was called outside of a flow: there is no run here.');
    return context.run;
  },
};
