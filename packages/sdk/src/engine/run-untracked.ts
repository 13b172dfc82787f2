import { pause } from '@sluice/client';
import { toSeconds } from '@sluice/core/lib/duration';
import type { RunContext } from '../model/run.ts';
import type { Task, TaskOptions } from '../model/task.ts';
import { canHelp } from './ends.ts';
import { runBody } from './run-body.ts';

/** Seconds before try number `attempt + 1`. */
export function retryDelay({ retryDelay: delay = 0 }: Pick<TaskOptions<never>, 'retryDelay'>, attempt: number): number {
  if (!Array.isArray(delay)) return toSeconds(delay as number);
  return delay.length > 0 ? toSeconds(delay[Math.min(attempt, delay.length) - 1]) : 0;
}

const write = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: object) =>
  console[level](message, ...(fields ? [fields] : []));
const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };

/** A task that is called outside of a flow is the function it is made of, with its retries and its timeout, and leaves no trace. */
export async function runUntracked<In, Out>(task: Task<In, Out>, input: In): Promise<Awaited<Out>> {
  const stop = new AbortController();
  const info = {
    flow_run_id: '',
    flow_run_name: '',
    flow_name: '',
    deployment_id: null,
    parameters: {},
    epoch: 0,
    worker_name: null,
    task_run_id: null,
    task_name: task.taskName,
  };
  for (let attempt = 1; ; attempt++) {
    try {
      return await runBody(task.options.timeout, stop.signal, (signal) => {
        const context: RunContext = { run: { ...info, attempt }, signal, log, progress: () => {} };
        return task.body(input, context);
      });
    } catch (error) {
      if (attempt > (task.options.retries ?? 0) || !(await canHelp(task.options, error, log.warn))) throw error;
      await pause(retryDelay(task.options, attempt) * 1000, stop.signal);
    }
  }
}
