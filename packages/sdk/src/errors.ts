import type { FlowRun } from '@sluice/core/model/flow-run';

/** Why a run's signal was aborted. */
export type AbortReason = 'Cancelled' | 'TimedOut' | 'WorkerShutdown' | 'LeaseLost';

/** The run was told to stop. Thrown where a task or a wait was under way. */
export class RunAborted extends Error {
  override readonly name = 'RunAborted';
  readonly reason: AbortReason;

  constructor(reason: AbortReason, message = `The run was stopped: ${reason}.`) {
    super(message);
    this.reason = reason;
  }
}

/** A flow or task took longer than its `timeout`. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** A failure that another try would only repeat: retries are left unused. */
export class NonRetryable extends Error {
  override readonly name: string = 'NonRetryable';
}

/** The result of a flow run was asked for, and the run did not complete. */
export class FlowRunFailed extends Error {
  override readonly name = 'FlowRunFailed';
  readonly flow_run: FlowRun;

  constructor(flow_run: FlowRun) {
    const { name, state_name, state } = flow_run;
    super(`Flow run '${name}' is ${state_name}${state?.message ? `: ${state.message}` : '.'}`);
    this.flow_run = flow_run;
  }
}

/** What is stored of an error with a FAILED state. */
export interface SerializedError {
  readonly type: 'sluice/error';
  readonly name: string;
  readonly message: string;
  /** Of the error, or of its cause: a word that programs go by. */
  readonly code: string | null;
  /** What to do next, where the error says so. */
  readonly hint: string | null;
  readonly stack: string | null;
}

export function serializeError(error: unknown): SerializedError {
  if (!(error instanceof Error)) return { type: 'sluice/error', name: 'Error', message: String(error), code: null, hint: null, stack: null };
  const { name, message, stack } = error;
  return { type: 'sluice/error', name, message, code: wordOf(error, 'code'), hint: wordOf(error, 'hint'), stack: stack?.slice(0, 8000) ?? null };
}

/** A text that the error carries, or its cause. */
function wordOf(error: unknown, name: string): string | null {
  if (!(error instanceof Error)) return null;
  const word: unknown = Reflect.get(error, name);
  return typeof word === 'string' ? word : wordOf(error.cause, name);
}
