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

/** The server lets this run do nothing more. Made here alone: what a flow throws itself never counts as this. */
export class LeaseLost extends RunAborted {
  constructor(message: string) {
    super('LeaseLost', message);
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
