import type { ReportProgress } from '../runs/progress.ts';

type Write = (message: string, fields?: object) => void;

/** Writes lines that are stored with the run and shown by `sluice flow-run logs`. */
export interface Logger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

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
