import type { FlowRun } from '@sluice/core/model/flow-run';
import type { State } from '@sluice/core/model/state';
import type { TaskRun } from '@sluice/core/model/task-run';

/** Why a run's signal was aborted. */
export type AbortReason = 'Cancelled' | 'TimedOut' | 'WorkerShutdown' | 'LeaseLost' | 'Suspended';

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

/** The run was suspended by itself: it begins anew when it is resumed. */
export class Suspended extends RunAborted {
  readonly state: State;

  constructor(state: State) {
    super('Suspended', 'The run was suspended.');
    this.state = state;
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

/** The result of a task that was put off was asked for, and its run did not complete. */
export class TaskRunFailed extends Error {
  override readonly name = 'TaskRunFailed';
  readonly task_run: TaskRun;

  constructor(task_run: TaskRun) {
    const { name, state_name, state } = task_run;
    super(`Task run '${name}' is ${state_name}${state?.message ? `: ${state.message}` : '.'}`);
    this.task_run = task_run;
  }
}
