import { ANYWHERE, defineTaskRunGate } from '../rule.ts';
import { abort, proceed, reject } from '../verdict.ts';

/** A task starts only while its flow runs. Prefect's PreventRunningTasksFromStoppedFlows, 2.13.7 and later. */
export const onlyInRunningFlow = defineTaskRunGate({
  name: 'only-in-running-flow',
  from: ANYWHERE,
  to: ['RUNNING'],
  decide: ({ facts }) => {
    if (!facts.flow_run) return proceed;
    const { id, state } = facts.flow_run;
    if (state?.type === 'RUNNING') return proceed;
    if (state?.type !== 'PAUSED') return abort('The enclosing flow must be running to begin task execution.');
    const { pause_timeout, pause_reschedule } = state.state_details;
    return reject(`The flow is paused, new tasks can execute after resuming flow run: ${id}.`, {
      type: 'PAUSED',
      name: 'NotReady',
      state_details: { pause_timeout, pause_reschedule },
    });
  },
});
