import type { Trace, TraceTask } from '@sluice/core/model/trace';
import { nameOfChild } from '../trace/trace-tree.ts';

/** A task run by the name that tells it from its neighbours. */
export interface CalledTask {
  readonly task: TraceTask;
  /** That of the flow run that it stands for, such as its table: tasks that start runs of one deployment all have one name. */
  readonly name: string;
  /** What its bar in the trace belongs to. */
  readonly barId: string;
}

/** The task runs of a trace, in their order. */
export function calledTasks({ task_runs, flow_runs }: Trace): readonly CalledTask[] {
  const started = Map.groupBy(flow_runs, ({ parent_task_run_id }) => parent_task_run_id);
  return task_runs.map((task) => {
    const [child, ...more] = started.get(task.id) ?? [];
    return child && more.length === 0 ? { task, name: nameOfChild(child), barId: child.id } : { task, name: task.name, barId: task.id };
  });
}
