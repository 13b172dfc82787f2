import { uuidv7 } from 'uuidv7';
import { currentTask } from '../context.ts';
import { isForeseen } from '../text/thrown.ts';
import { calledIn } from './called-in.ts';
import { failed, isRefusal } from './ends.ts';
import { type FlowRunScope, warnOfOpaque } from './flow-run-scope.ts';
import { safeName } from './names.ts';

export interface ChildTask {
  readonly task_run_id: string;
  /** Names the call: the same one when the parent is done again. */
  readonly dynamic_key: string;
}

/** Makes the child that a task run stands for. When the server refuses the child, the task run fails with that. */
export async function makeChild<T>({ client }: FlowRunScope, { task_run_id }: ChildTask, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (isRefusal(error) || (isForeseen(error) && error.code === 'NOT_FOUND')) {
      const state = failed(error, { retriable: false });
      await client.request('POST /task_runs/{id}/set_state', { params: { id: task_run_id }, body: { state } });
    }
    throw error;
  }
}

/** The task run that stands for a child flow run in its parent. A parent that is done again finds the one it made. */
export async function childTask(scope: FlowRunScope, task_key: string, name: string, input: unknown): Promise<ChildTask> {
  const caller = currentTask();
  const { key: dynamic_key, opaque } = (caller?.keys ?? scope.keys).next(task_key, input);
  if (opaque) warnOfOpaque(scope, `'${task_key}'`, opaque);
  const { id } = await scope.client.request('POST /task_runs/', {
    body: {
      id: uuidv7(),
      name: safeName(name),
      flow_run_id: scope.info.flow_run_id,
      task_key,
      dynamic_key,
      task_inputs: calledIn(caller && { type: 'task_run', id: caller.id }),
      state: { type: 'PENDING' },
    },
  });
  return { task_run_id: id, dynamic_key };
}
