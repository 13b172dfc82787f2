import type { FlowRun } from '@sluice/core/model/flow-run';
import type { TaskRun } from '@sluice/core/model/task-run';

/** How often a table was tried: its flow run, also where the process died, or the step of it that was tried most often. */
export function attemptsOf(
  { run_count, crash_count }: Pick<FlowRun, 'run_count' | 'crash_count'>,
  taskRuns: readonly Pick<TaskRun, 'task_key' | 'run_count'>[],
): number {
  const steps = [...Map.groupBy(taskRuns, ({ task_key }) => task_key).values()];
  return Math.max(run_count + crash_count, ...steps.map((tries) => tries.reduce((sum, task) => sum + task.run_count, 0)));
}
