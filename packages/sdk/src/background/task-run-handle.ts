import { type Client, pause } from '@sluice/client';
import { type Duration, toSeconds } from '@sluice/core/lib/duration';
import type { State } from '@sluice/core/model/state';
import { isFinal } from '@sluice/core/model/state-type';
import type { TaskRun } from '@sluice/core/model/task-run';
import { currentContext } from '../context.ts';
import { TaskRunFailed, TimedOut } from '../errors.ts';
import { checkOptions, rules } from '../options.ts';
import { readResult } from '../runs/results.ts';
import { useClient } from '../settings/use-client.ts';

/** A task run that was put off by `delay`: Prefect's PrefectDistributedFuture. */
export interface TaskRunHandle<Result = unknown> {
  /** Kept anywhere, it gives the handle again: `taskRunHandle(id)`. */
  readonly id: string;
  /** Where it stands now. */
  state(): Promise<State | null>;
  /** What the task returns, as soon as it has: in a flow, also until that is cancelled. Throws TaskRunFailed when it has not completed, and TimedOut. */
  result(options?: { readonly timeout?: Duration }): Promise<Result>;
}

/** Asked again after these times: no server tells of a task run that belongs to no flow run. */
const FIRST_MS = 100;
const MOST_MS = 1000;

const read = (client: Client, id: string): Promise<TaskRun> => client.request('GET /task_runs/{id}', { params: { id } });

/** The handle of a task run by its id, in whatever process. */
export const taskRunHandle = <Result = unknown>(id: string): TaskRunHandle<Result> => ({
  id,
  state: () => useClient(async (client) => (await read(client, id)).state),
  result: ({ timeout } = {}) => {
    checkOptions('result() of a task run', { timeout }, { timeout: rules.wait });
    const until = timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + toSeconds(timeout) * 1000;
    const signal = currentContext()?.signal;
    return useClient(async (client) => {
      for (let ms = FIRST_MS; ; ms = Math.min(ms * 1.5, MOST_MS)) {
        const run = await read(client, id);
        if (run.state?.type === 'COMPLETED') return (await readResult(client, run.state)) as Result;
        if (isFinal(run.state_type)) throw new TaskRunFailed(run);
        const left = until - performance.now();
        if (left <= 0) throw new TimedOut(`Task run '${run.name}' is ${run.state_name}, and has not ended in time.`);
        await pause(Math.min(ms, left), signal);
      }
    });
  },
});
