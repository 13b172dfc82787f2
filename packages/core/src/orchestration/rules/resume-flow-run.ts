import { toMicros } from '../../lib/time.ts';
import { isFinal } from '../../model/state-type.ts';
import { ANY_STATE, defineFlowRunGate } from '../rule.ts';
import { proceed, reject } from '../verdict.ts';

/**
 * How a paused run goes on, or ends; after its time it has failed. It can be cancelled at any time, since its process may be there.
 * Prefect's HandleResumingPausedFlows, 3.9.1.
 */
export const resumeFlowRun = defineFlowRunGate({
  name: 'resume-flow-run',
  from: ['PAUSED'],
  to: ANY_STATE,
  decide: ({ run, current, proposed, now }) => {
    const { type } = proposed;
    if (type !== 'RUNNING' && type !== 'SCHEDULED' && type !== 'CANCELLING' && !isFinal(type))
      return reject(`This run cannot transition to the ${type} state from the ${current.type} state.`);
    const { pause_timeout, pause_reschedule } = current.state_details;
    if (pause_reschedule && !run.deployment_id) return reject('Cannot reschedule a paused flow run without a deployment.');
    if (type === 'CANCELLING' || !pause_timeout || toMicros(pause_timeout) >= now) return proceed;
    const verb = pause_reschedule ? 'suspend' : 'pause';
    const done = pause_reschedule ? 'suspended' : 'paused';
    return reject(`The flow run ${verb} has timed out and can no longer resume.`, {
      type: 'FAILED',
      message: `The flow was ${done} and never resumed.`,
    });
  },
});
