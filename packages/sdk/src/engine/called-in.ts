import type { LeaseHolder } from '@sluice/core/model/concurrency-limit';

/** Among a task run's inputs, the task that has called it: Prefect's `__parents__`. Restarted from the inner task, the outer one is done again. */
export const calledIn = (caller: Pick<LeaseHolder, 'type' | 'id'> | undefined) =>
  caller?.type === 'task_run' ? { __parents__: [{ input_type: 'task_run', id: caller.id }] } : {};
