import { waitReason, whyForSlots } from '@sluice/core/waits/wait-reason';
import { readTaskQueuing, readWaitReasonFacts } from '../../store/wait-reason.ts';
import { missing } from '../found.ts';
import type { Handlers, Parts } from '../parts.ts';

type Keys = Extract<keyof Handlers, `${string}/wait_reason`>;

export const waitReasonHandlers = ({ database: { sql } }: Parts): Handlers<Keys> => ({
  'GET /flow_runs/{id}/wait_reason': async ({ params }) => {
    const facts = await readWaitReasonFacts(sql, params.id);
    if (!facts) throw missing(`Flow run ${params.id}`);
    return waitReason(facts);
  },
  'GET /task_runs/{id}/wait_reason': async ({ params }) => {
    const [queuing] = await readTaskQueuing(sql, params.id);
    return queuing ? whyForSlots({ ...queuing, task: false }) : { reason: null, hint: null };
  },
});
