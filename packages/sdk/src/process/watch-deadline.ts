import type { WatchDeadline } from '../engine/follow.ts';
import { tell } from './channel.ts';

let count = 0;

/** The worker keeps the time as well: it ends a process that does not turn. */
export const watchDeadline: WatchDeadline = ({ atMs, message, isRun, taskRunId }) => {
  const id = ++count;
  const told = { type: 'deadline', id, message, is_run: isRun, ...(taskRunId && { task_run_id: taskRunId }) } as const;
  tell({ ...told, at_ms: atMs });
  return () => tell({ ...told, at_ms: null });
};
