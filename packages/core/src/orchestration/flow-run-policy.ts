import { ACTIVE_STATE_TYPES, FINAL_STATE_TYPES, isActive } from '../model/state-type.ts';
import { ANY_STATE, ANYWHERE, defineFlowRunConsequence, except, type From, type Policy } from './rule.ts';
import { cancelWithoutProcess } from './rules/cancel-without-process.ts';
import { copyScheduledTime } from './rules/copy-scheduled-time.ts';
import { handBack } from './rules/hand-back.ts';
import { keepFinalFlowRun } from './rules/keep-final-flow-run.ts';
import { keepResult } from './rules/keep-result.ts';
import { lateOnlyWhenScheduled } from './rules/late-only-when-scheduled.ts';
import { oneClaim } from './rules/one-claim.ts';
import { onlyCancelledAfterCancelling } from './rules/only-cancelled-after-cancelling.ts';
import { refuseDuplicate } from './rules/refuse-duplicate.ts';
import { refuseStaleEpoch } from './rules/refuse-stale-epoch.ts';
import { requeueCrashedFlowRun } from './rules/requeue-crashed-flow-run.ts';
import { restartEndedFlowRun } from './rules/restart-ended-flow-run.ts';
import { restartLostSubflow } from './rules/restart-lost-subflow.ts';
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
  follow: ({ facts }) => ({ effects: facts.slots.length > 0 || facts.claim ? [{ kind: 'take-lease' }] : [] }),
});

/** A run that is not active has no process: whoever finds it again starts one. */
const dropLease = defineFlowRunConsequence({
  name: 'drop-lease',
  from: ACTIVE_STATE_TYPES,
  to: except(...ACTIVE_STATE_TYPES),
  follow: ({ proposed, run }) => ({
    effects: [{ kind: 'drop-lease' }],
    run: { infrastructure_pid: proposed.type === 'SCHEDULED' ? null : run.infrastructure_pid },
  }),
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

const consequences = [takeLease, dropLease, cancelChildren, throwAway, mirrorOnParentTask, endInside];

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
    lateOnlyWhenScheduled,
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
