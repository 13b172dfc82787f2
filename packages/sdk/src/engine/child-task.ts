import { uuidv7 } from 'uuidv7';
import { currentTask } from '../context.ts';
import type { FlowRunScope } from './flow-run-scope.ts';

export interface ChildTask {
  readonly task_run_id: string;
  /** Names the call: the same one when the parent is done again. */
  readonly dynamic_key: string;
}

/** The task run that stands for a child flow run in its parent. A parent that is done again finds the one it made. */
export async function childTask(scope: FlowRunScope, task_key: string, name: string, input: unknown): Promise<ChildTask> {
  const dynamic_key = (currentTask()?.keys ?? scope.keys).next(task_key, input);
  const { id } = await scope.client.request('POST /task_runs/', {
    body: { id: uuidv7(), name, flow_run_id: scope.info.flow_run_id, task_key, dynamic_key, state: { type: 'PENDING' } },
  });
  return { task_run_id: id, dynamic_key };
}
