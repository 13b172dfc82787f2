import type { State } from '../model/state.ts';
import { ACTIVE_STATE_TYPES, FINAL_STATE_TYPES, isActive } from '../model/state-type.ts';
import { ANY_STATE, ANYWHERE, defineFlowRunConsequence, except, type From, type Policy } from './rule.ts';
import { cancelWithoutProcess } from './rules/cancel-without-process.ts';
import { copyScheduledTime } from './rules/copy-scheduled-time.ts';
import { handBack } from './rules/hand-back.ts';
import { keepDeploymentSlot } from './rules/keep-deployment-slot.ts';
import { keepFinalFlowRun } from './rules/keep-final-flow-run.ts';
import { keepResult } from './rules/keep-result.ts';
import { lateOnlyWhenScheduled } from './rules/late-only-when-scheduled.ts';
import { oneClaim } from './rules/one-claim.ts';
import { onlyCancelledAfterCancelling } from './rules/only-cancelled-after-cancelling.ts';
import { pauseFlowRun } from './rules/pause-flow-run.ts';
import { refuseDuplicate } from './rules/refuse-duplicate.ts';
import { refuseStaleEpoch } from './rules/refuse-stale-epoch.ts';
import { requeueCrashedFlowRun } from './rules/requeue-crashed-flow-run.ts';
import { restartEndedFlowRun } from './rules/restart-ended-flow-run.ts';
import { restartLostSubflow } from './rules/restart-lost-subflow.ts';
import { resumeFlowRun } from './rules/resume-flow-run.ts';
import { retryFailedFlowRun } from './rules/retry-failed-flow-run.ts';
import { secureSlots } from './rules/secure-slots.ts';
import { waitForScheduledTime } from './rules/wait-for-scheduled-time.ts';
import type { FlowRunFacts, FlowRunRecord } from './run-record.ts';

const INACTIVE: readonly From[] = ANYWHERE.filter((from) => from === 'NONE' || !isActive(from));

const takeLease = defineFlowRunConsequence({
  name: 'take-lease',
  from: INACTIVE,
  to: ['PENDING'],
  needs: ['slots'],
  follow: ({ facts: { slots, claim, lease } }) => {
    if (slots.length === 0 && !claim) return {};
    return { effects: lease ? [{ kind: 'drop-lease' }, { kind: 'take-lease' }] : [{ kind: 'take-lease' }] };
  },
});

const holdDeploymentSlot = defineFlowRunConsequence({
  name: 'hold-deployment-slot',
  from: ['PENDING'],
  to: ['RUNNING'],
  follow: ({ facts: { lease } }) => ({ effects: lease?.deployment_lease_id ? [{ kind: 'hold-deployment-slot' }] : [] }),
});

/** A pause that does not leave the process, and a retry that waits in it. */
export const staysInProcess = (run: FlowRunRecord, { type, state_details }: State): boolean =>
  type === 'PAUSED' ? !state_details.pause_reschedule : type === 'SCHEDULED' && run.empirical_policy.retry_type === 'in_process';

/** Any other run that is not active has no process: whoever finds it again starts one. */
const dropLease = defineFlowRunConsequence({
  name: 'drop-lease',
  from: [...ACTIVE_STATE_TYPES, 'PAUSED', 'SCHEDULED'],
  to: except(...ACTIVE_STATE_TYPES),
  follow: ({ proposed, run }) =>
    staysInProcess(run, proposed)
      ? {}
      : { effects: [{ kind: 'drop-lease' }], run: { infrastructure_pid: proposed.type === 'SCHEDULED' ? null : run.infrastructure_pid } },
});

/** A run that resumes is not a new try. Prefect's IncrementFlowRunCount and RemoveResumingIndicator, 2.13.7 and later. */
const resumeIsNoTry = defineFlowRunConsequence({
  name: 'resume-is-no-try',
  from: ANYWHERE,
  to: ['RUNNING', ...FINAL_STATE_TYPES],
  follow: ({ run, proposed }) => {
    const { run_count, empirical_policy } = run;
    if (!empirical_policy.resuming) return {};
    return { run: { run_count: run_count - (proposed.type === 'RUNNING' ? 1 : 0), empirical_policy: { ...empirical_policy, resuming: false } } };
  },
});

/** A run that runs again waits in its process no more: what it does from here on is not of that retry. */
const endRetry = defineFlowRunConsequence({
  name: 'end-retry',
  from: ['SCHEDULED'],
  to: ['PENDING', 'RUNNING'],
  follow: ({ run: { empirical_policy } }) =>
    empirical_policy.retry_type === 'in_process' ? { run: { empirical_policy: { ...empirical_policy, retry_type: null } } } : {},
});

/**
 * A pause that left the process by itself keeps what has fired; one whose process was taken away begins anew. Prefect 3.9.1. Under a Sluice
 * worker that one alone asks again, since the next process goes on where this one was: what was answered before it stays answered.
 */
const noteResuming = defineFlowRunConsequence({
  name: 'note-resuming',
  from: ['PAUSED'],
  to: ['SCHEDULED', 'RUNNING'],
  follow: ({ run: { empirical_policy }, current, proposed, facts: { lease } }) => {
    const pause = current?.state_details;
    if (proposed.type !== 'SCHEDULED' || pause?.pause_reschedule) return { run: { empirical_policy: { ...empirical_policy, resuming: true } } };
    const begun = { ...empirical_policy, retry_type: 'reschedule' as const };
    if (!lease?.claimed) return { run: { empirical_policy: { ...begun, resuming: false, pause_keys: [] } } };
    const asked = pause?.pause_key ?? current?.id;
    return { run: { empirical_policy: { ...begun, pause_keys: (empirical_policy.pause_keys ?? []).filter((key) => key !== asked) } } };
  },
});

/** A pause has not fired before: what was told under its keys was told to an earlier try. Prefect 3.9.1. */
const forgetInputs = defineFlowRunConsequence({
  name: 'forget-inputs',
  from: ['RUNNING'],
  to: ['PAUSED'],
  follow: ({ proposed }) => {
    const keys = Object.values(proposed.state_details.run_input_keyset ?? {});
    return { effects: keys.length > 0 ? [{ kind: 'forget-inputs', keys }] : [] };
  },
});

const cancelChildren = defineFlowRunConsequence({
  name: 'cancel-children',
  from: ANY_STATE,
  to: ['CANCELLING', 'CANCELLED'],
  follow: () => ({ effects: [{ kind: 'cancel-children' }] }),
});

const mirrorOnParentTask = defineFlowRunConsequence({
  name: 'mirror-on-parent-task',
  from: ANYWHERE,
  to: ANY_STATE,
  needs: ['parent_task'],
  follow: ({ run }) => ({
    effects: run.parent_task_run_id ? [{ kind: 'mirror-on-parent-task', task_run_id: run.parent_task_run_id }] : [],
  }),
});

/** Nothing goes on in a run that has ended: what its process left open is ended with it, whoever says that it is over. */
const endInside = defineFlowRunConsequence({
  name: 'end-inside',
  from: ANY_STATE,
  to: FINAL_STATE_TYPES,
  needs: ['inside'],
  follow: () => ({ effects: [{ kind: 'end-inside' }] }),
});

const throwAway = defineFlowRunConsequence({
  name: 'throw-away',
  from: FINAL_STATE_TYPES,
  to: ['SCHEDULED'],
  needs: ['thrown_away'],
  follow: ({ facts }) => ({ effects: facts.restart ? [{ kind: 'throw-away' }] : [] }),
});

const consequences = [
  resumeIsNoTry,
  endRetry,
  noteResuming,
  takeLease,
  holdDeploymentSlot,
  dropLease,
  cancelChildren,
  throwAway,
  forgetInputs,
  mirrorOnParentTask,
  endInside,
];

const identify = (run: FlowRunRecord) => ({ flow_run_id: run.id, ...(run.parent_task_run_id && { task_run_id: run.parent_task_run_id }) });

/** The order matters: review a change of it like a migration. Prefect's CoreFlowPolicy, 3.8.3, with our lease rules in their places. */
export const flowRunPolicy: Policy<FlowRunRecord, FlowRunFacts> = {
  identify,
  gates: [
    refuseDuplicate,
    refuseStaleEpoch,
    restartEndedFlowRun,
    keepFinalFlowRun,
    onlyCancelledAfterCancelling,
    cancelWithoutProcess,
    oneClaim,
    secureSlots,
    keepDeploymentSlot,
    lateOnlyWhenScheduled,
    pauseFlowRun,
    resumeFlowRun,
    copyScheduledTime,
    waitForScheduledTime,
    retryFailedFlowRun,
    requeueCrashedFlowRun,
    restartLostSubflow,
    handBack,
  ],
  consequences,
};

/** For `force: true` and for a run's first state. */
export const forcedFlowRunPolicy: Policy<FlowRunRecord, FlowRunFacts> = {
  identify,
  gates: [refuseStaleEpoch, keepResult, cancelWithoutProcess],
  consequences,
};
