import { setTimeout as pause } from 'node:timers/promises';
import { isThere, type ProcessId } from './process-id.ts';

const LOOK_MS = 50;

/** Ends jobs as Ctrl+C pressed twice does: no run is let finish, and the last one stops server and workers. */
export async function stopJobs(jobs: readonly ProcessId[]): Promise<void> {
  for (const { pid } of jobs) for (const signal of ['SIGINT', 'SIGTERM'] as const) send(pid, signal);
  for (const job of jobs) while (await isThere(job)) await pause(LOOK_MS);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
