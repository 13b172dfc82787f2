import { ANYWHERE, defineTaskRunConsequence, except, type Policy } from './rule.ts';
import { copyScheduledTime } from './rules/copy-scheduled-time.ts';
import { keepFinalTaskRun } from './rules/keep-final-task-run.ts';
import { onlyInRunningFlow } from './rules/only-in-running-flow.ts';
import { refuseDuplicate } from './rules/refuse-duplicate.ts';
import { refuseStaleEpoch } from './rules/refuse-stale-epoch.ts';
import { renameRerun } from './rules/rename-rerun.ts';
import { restartLostTaskRun } from './rules/restart-lost-task-run.ts';
import { retryFailedTaskRun } from './rules/retry-failed-task-run.ts';
import { secureTagSlots } from './rules/secure-tag-slots.ts';
import { takeFromCache } from './rules/take-from-cache.ts';
import { waitForScheduledTime } from './rules/wait-for-scheduled-time.ts';
import type { TaskRunFacts, TaskRunRecord } from './run-record.ts';

const trackFlowRun = defineTaskRunConsequence({
  name: 'track-flow-run',
  from: ANYWHERE,
  to: ['RUNNING'],
  follow: ({ facts, run }) => ({ run: { flow_run_run_count: facts.flow_run?.run_count ?? run.flow_run_run_count } }),
});

const takeTagSlots = defineTaskRunConsequence({
  name: 'take-tag-slots',
  from: ANYWHERE,
  to: ['RUNNING'],
  needs: ['slots'],
  follow: ({ facts }) => ({ effects: facts.slots.length > 0 ? [{ kind: 'take-tag-slots' }] : [] }),
});

const freeTagSlots = defineTaskRunConsequence({
  name: 'free-tag-slots',
  from: ['RUNNING', 'CANCELLING'],
  to: except('RUNNING', 'CANCELLING'),
  follow: () => ({ effects: [{ kind: 'free-tag-slots' }] }),
});

/** What came from the cache is there already. Prefect's CacheInsertion, 2.13.7 and later. */
const keepInCache = defineTaskRunConsequence({
  name: 'keep-in-cache',
  from: ANYWHERE,
  to: ['COMPLETED'],
  follow: ({ proposed: { name, state_details } }) => {
    const { cache_key, cache_expiration = null } = state_details;
    return { effects: cache_key && name !== 'Cached' ? [{ kind: 'keep-in-cache', cache_key, cache_expiration }] : [] };
  },
});

const consequences = [trackFlowRun, takeTagSlots, freeTagSlots, keepInCache];

const identify = (run: TaskRunRecord) => ({ flow_run_id: run.flow_run_id, task_run_id: run.id });

/**
 * The order matters: review a change of it like a migration. Prefect's CoreTaskPolicy, 3.8.3 and 2.13.7; duplicates are refused as
 * for flow runs, since a start whose answer got lost must not count as a second run.
 */
export const taskRunPolicy: Policy<TaskRunRecord, TaskRunFacts> = {
  identify,
  gates: [
    refuseDuplicate,
    refuseStaleEpoch,
    takeFromCache,
    keepFinalTaskRun,
    onlyInRunningFlow,
    secureTagSlots,
    copyScheduledTime,
    waitForScheduledTime,
    retryFailedTaskRun,
    renameRerun,
    restartLostTaskRun,
  ],
  consequences,
};

/** For `force: true`, for a run's first state, and for the task run that stands for a child flow run. */
export const forcedTaskRunPolicy: Policy<TaskRunRecord, TaskRunFacts> = {
  identify,
  gates: [refuseStaleEpoch],
  consequences: [trackFlowRun, freeTagSlots],
};
