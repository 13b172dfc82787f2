import { toMicros } from '../../lib/time.ts';
import { defineGate } from '../rule.ts';
import { proceed, wait } from '../verdict.ts';

/** Nothing runs before its time, by the database's clock. Prefect's WaitForScheduledTime, 2.13.7 and later. */
export const waitForScheduledTime = defineGate({
  name: 'wait-for-scheduled-time',
  from: ['SCHEDULED', 'PENDING'],
  to: ['RUNNING'],
  decide: ({ current, now }) => {
    const due = current.state_details.scheduled_time;
    const early = due ? toMicros(due) - now : 0;
    return early > 0 ? wait(early, 'Scheduled time is in the future') : proceed;
  },
});
