import { waitReason, whyForSlots } from '@sluice/core/waits/wait-reason';
import { hasTaskRun } from '../../store/task-runs.ts';
import { readTaskQueuing, readWaitReasonFacts } from '../../store/wait-reason.ts';
import { expectFound, missing } from '../found.ts';
import type { Deps, Handlers } from '../handlers.ts';

type Keys = Extract<keyof Handlers, `${string}/wait_reason`>;

export const waitReasonHandlers = ({ database: { sql } }: Deps): Handlers<Keys> => ({
  'GET /flow_runs/{id}/wait_reason': async ({ params }) => {
    const facts = await readWaitReasonFacts(sql, params.id);
    if (!facts) throw missing(`Flow run ${params.id}`);
    return waitReason(facts);
  },
  'GET /task_runs/{id}/wait_reason': async ({ params }) => {
    const [queuing] = await readTaskQueuing(sql, params.id);
    if (queuing) return whyForSlots({ ...queuing, task: false });
    return expectFound(`Task run ${params.id}`, await hasTaskRun(sql, params.id)) ?? { reason: null, hint: null };
  },
});
