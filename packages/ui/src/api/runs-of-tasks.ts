import { queryOptions } from '@tanstack/react-query';
import { ask } from './client.ts';
import { live } from './live.ts';
import type { TaskRun } from './task-runs.ts';

/** So many task runs at most: of more the oldest runs have none. */
const MOST = 2000;

/** The task runs of these flow runs, the newest first, page after page. Asked again when a flow run changes. */
export const taskRunsOf = (flowRunIds: readonly string[]) =>
  queryOptions({
    queryKey: ['task runs of', flowRunIds],
    enabled: flowRunIds.length > 0,
    meta: { topics: ['flow_run'] },
    queryFn: async ({ signal }) => {
      await live.opened();
      const all: TaskRun[] = [];
      let after: string | undefined;
      do {
        const body = { flow_runs: { id: { any_: [...flowRunIds] } }, ...(after && { after }) };
        const page = await ask('POST /task_runs/page', { body }, signal);
        all.push(...page.records);
        after = page.next ?? undefined;
      } while (after && all.length < MOST);
      return all;
    },
  });
