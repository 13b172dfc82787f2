import { ANYWHERE, defineFlowRunGate } from '../rule.ts';
import { abort, amend, reject } from '../verdict.ts';

/**
 * Only a flow that runs pauses, and each pause fires once, by its key. One that leaves its process comes back by its deployment.
 * Prefect's HandlePausingFlows, 2.13.7 and later.
 */
export const pauseFlowRun = defineFlowRunGate({
  name: 'pause-flow-run',
  from: ANYWHERE,
  to: ['PAUSED'],
  decide: ({ run, current, proposed }) => {
    const verb = proposed.name === 'Suspended' ? 'suspend' : 'pause';
    if (!current) return abort(`Cannot ${verb} flows with no state.`);
    if (current.type !== 'RUNNING') return reject(`Cannot ${verb} flows that are not currently running.`);
    const { pause_key, pause_reschedule } = proposed.state_details;
    const fired = run.empirical_policy.pause_keys ?? [];
    const key = pause_key ?? proposed.id;
    if (fired.includes(key)) return reject(`This ${verb} has already fired.`);
    if (pause_reschedule && run.parent_task_run_id) return abort(`Cannot ${verb} subflows.`);
    if (pause_reschedule && !run.deployment_id) return abort(`Cannot ${verb} flows without a deployment.`);
    return amend({ run: { empirical_policy: { ...run.empirical_policy, pause_keys: [...fired, key] } } });
  },
});
