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

/** The result of a run was asked for, and the run did not complete. */
class NotCompleted extends Error {
  constructor(what: string, { name, state_name, state }: Pick<FlowRun | TaskRun, 'name' | 'state_name' | 'state'>) {
    super(`${what} '${name}' is ${state_name}${state?.message ? `: ${state.message}` : '.'}`);
  }
}

export class FlowRunFailed extends NotCompleted {
  override readonly name = 'FlowRunFailed';
  readonly flow_run: FlowRun;

  constructor(flow_run: FlowRun) {
    super('Flow run', flow_run);
    this.flow_run = flow_run;
  }
}

/** Of a task that was put off. */
export class TaskRunFailed extends NotCompleted {
  override readonly name = 'TaskRunFailed';
  readonly task_run: TaskRun;

  constructor(task_run: TaskRun) {
    super('Task run', task_run);
    this.task_run = task_run;
  }
}
