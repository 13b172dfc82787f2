import { defineGate } from '../rule.ts';
import { amend, proceed } from '../verdict.ts';

/** PENDING remembers for when the run was scheduled. Prefect's CopyScheduledTime, 2.13.7 and later. */
export const copyScheduledTime = defineGate({
  name: 'copy-scheduled-time',
  from: ['SCHEDULED'],
  to: ['PENDING'],
  decide: ({ current, proposed }) => {
    const { scheduled_time } = current.state_details;
    return proposed.state_details.scheduled_time || !scheduled_time ? proceed : amend({ state: { state_details: { scheduled_time } } });
  },
});
