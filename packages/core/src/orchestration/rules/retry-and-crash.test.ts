import { describe, expect, test } from 'vitest';
import { toInstant } from '../../lib/time.ts';
import type { FlowRunPolicy, TaskRunPolicy } from '../../model/run-policy.ts';
import type { StateType } from '../../model/state-type.ts';
import { aFlowRun, aProposal, aState, aTaskRun, flowRunFacts, ID, NOW, taskRunFacts } from '../../testing/orchestration.ts';
import { handBack } from './hand-back.ts';
import { renameRerun } from './rename-rerun.ts';
import { requeueCrashedFlowRun } from './requeue-crashed-flow-run.ts';
import { restartLostSubflow } from './restart-lost-subflow.ts';
import { restartLostTaskRun } from './restart-lost-task-run.ts';
import { retryFailedFlowRun } from './retry-failed-flow-run.ts';
import { retryFailedTaskRun } from './retry-failed-task-run.ts';

const due = (seconds: number) => toInstant(NOW + seconds * 1_000_000);

describe('a flow run that fails', () => {
  const decide = (policy: Partial<FlowRunPolicy>, run_count: number, claimed?: boolean, retriable?: boolean) =>
    retryFailedFlowRun.decide({
      current: aState('RUNNING'),
      proposed: aProposal('FAILED', { message: 'no', data: { a: 1 }, state_details: retriable === undefined ? {} : { retriable } }),
      run: aFlowRun({ policy, run_count }),
      facts: flowRunFacts({ lease: claimed === undefined ? null : { claimed } }),
      now: NOW,
    });

  test.each([
    [{}, 1, 'amend'],
    [{ retries: 1 }, 1, 'reject'],
    [{ retries: 1 }, 2, 'amend'],
    [{ max_retries: 2 }, 2, 'reject'],
    [{ max_retries: 2, retries: 0 }, 1, 'amend'],
  ] as const)('with %j in its run number %i: %s', (policy, run_count, kind) => {
    expect(decide(policy, run_count).kind).toBe(kind);
  });

  test('ends when it says that another try is of no use', () => {
    expect(decide({ retries: 1 }, 1, true, false).kind).toBe('amend');
    expect(decide({ retries: 1 }, 1, true, true).kind).toBe('reject');
    for (const claimed of [false, undefined]) expect(decide({ retries: 1 }, 1, claimed, false).kind, 'of Prefect’s clients').toBe('reject');
  });

  test('waits for its next try with what it said of its failure', () => {
    expect(decide({ retries: 1, retry_delay: 5 }, 1)).toMatchObject({
      state: { type: 'SCHEDULED', name: 'AwaitingRetry', message: 'no', data: { a: 1 }, state_details: { scheduled_time: due(5) } },
    });
    expect(decide({ retries: 1, retry_delay_seconds: 7 }, 1)).toMatchObject({ state: { state_details: { scheduled_time: due(7) } } });
  });

  test.each([
    ['under a Sluice worker', true, 'reschedule'],
    ['under a Prefect worker', false, 'in_process'],
    ['that nobody holds', undefined, 'in_process'],
  ] as const)('%s it waits: %s %s', (_name, claimed, retry_type) => {
    expect(decide({ retries: 1, pause_keys: ['k'] }, 1, claimed)).toMatchObject({ run: { empirical_policy: { retry_type, pause_keys: [] } } });
  });
});

test('a run that stands in no queue has crashed at once: no worker could take it up', () => {
  const facts = flowRunFacts({ lease: { claimed: true } });
  const decide = (work_queue_id: string | null) =>
    requeueCrashedFlowRun.decide({ current: aState('RUNNING'), proposed: aProposal('CRASHED'), run: aFlowRun({ work_queue_id }), facts, now: NOW });
  expect(decide(null)).toMatchObject({ kind: 'amend', run: { crash_count: 1 } });
  expect(decide(ID.queue)).toMatchObject({ kind: 'reject' });
});

test('a run whose queue was deleted ends where it would wait for a worker: at its failure, and when its worker hands it back', () => {
  const facts = flowRunFacts({ lease: { claimed: true }, writer: { epoch: 1, current: 1, self: true } });
  const run = (more: object = {}) => aFlowRun({ work_queue_id: null, deployment_id: ID.deployment, policy: { retries: 3 }, run_count: 1, ...more });
  const ask = (type: 'FAILED' | 'SCHEDULED', more = {}) => ({
    current: aState('RUNNING'),
    proposed: aProposal(type, { message: 'no' }),
    run: run(more),
    facts,
    now: NOW,
  });
  const gone = /no worker would take it up again/;
  expect(retryFailedFlowRun.decide(ask('FAILED'))).toMatchObject({ kind: 'amend', state: { message: expect.stringMatching(gone) } });
  expect(handBack.decide(ask('SCHEDULED'))).toMatchObject({ kind: 'reject', state: { type: 'CRASHED', message: expect.stringMatching(gone) } });
  // A script takes its run up again itself.
  expect(retryFailedFlowRun.decide(ask('FAILED', { deployment_id: null }))).toMatchObject({ kind: 'reject' });
  // So does who serves its deployment.
  const served = flowRunFacts({ ...facts, lease: { claimed: true, served: true } });
  expect(retryFailedFlowRun.decide({ ...ask('FAILED'), facts: served })).toMatchObject({ kind: 'reject', state: { name: 'AwaitingRetry' } });
});

test('a task run whose process was lost starts again without using up a retry; a start that no lease holder proposes counts', () => {
  const decide = (writer: { epoch: number; current: number; self: boolean } | null) =>
    restartLostTaskRun.decide({
      current: aState('RUNNING'),
      proposed: aProposal('RUNNING'),
      run: aTaskRun({ run_count: 2 }),
      facts: taskRunFacts({ writer }),
      now: NOW,
    });
  expect(decide({ epoch: 2, current: 2, self: false })).toEqual({ kind: 'amend', run: { run_count: 1 } });
  expect(decide(null)).toEqual({ kind: 'proceed' });
});

test('a subflow whose process was lost starts again in its parent’s next one, without using up a retry', () => {
  const decide = (writer: { epoch: number; current: number; self: boolean } | null) =>
    restartLostSubflow.decide({
      current: aState('RUNNING'),
      proposed: aProposal('RUNNING'),
      run: aFlowRun({ run_count: 2 }),
      facts: flowRunFacts({ writer }),
      now: NOW,
    });
  expect(decide({ epoch: 2, current: 2, self: false })).toEqual({ kind: 'amend', run: { run_count: 1 } });
  expect(decide({ epoch: 2, current: 2, self: true })).toEqual({ kind: 'proceed' });
  expect(decide(null)).toEqual({ kind: 'proceed' });
});

describe('a task run that fails', () => {
  const decide = (policy: Partial<TaskRunPolicy>, run_count = 1, random = 0, retriable?: boolean) =>
    retryFailedTaskRun.decide({
      current: aState('RUNNING'),
      proposed: aProposal('FAILED', { state_details: retriable === undefined ? {} : { retriable } }),
      run: aTaskRun({ policy, run_count }),
      facts: taskRunFacts({ random }),
      now: NOW,
    });

  test.each([
    [{}, 'proceed'],
    [{ retries: 1 }, 'reject'],
    [{ max_retries: 1 }, 'reject'],
    [{ max_retries: 1, retries: 0 }, 'proceed'],
  ] as const)('with %j: %s', (policy, kind) => {
    expect(decide(policy).kind).toBe(kind);
  });

  test('ends when its retries are used up, or when it says that another try is of no use', () => {
    expect(decide({ retries: 2 }, 3).kind).toBe('proceed');
    expect(decide({ retries: 2 }, 1, 0, false).kind).toBe('proceed');
    expect(decide({ retries: 2 }, 1, 0, true).kind).toBe('reject');
  });

  test.each([
    ['one delay for all tries', { retry_delay: 4 }, 2, 0, 4],
    ['a year at most, whatever the jitter', { retry_delay: 86_400, retry_jitter_factor: 1e300 }, 1, 1, 31_536_000],
    ['the old spelling', { retry_delay_seconds: 3 }, 1, 0, 3],
    ['a delay of its own for the first', { retry_delay: [1, 20] }, 1, 0, 1],
    ['and for the second', { retry_delay: [1, 20] }, 2, 0, 20],
    ['the last one from then on', { retry_delay: [1, 20] }, 3, 0, 20],
    ['none when the list is empty', { retry_delay: [] }, 1, 0, 0],
    ['all of the jitter', { retry_delay: 10, retry_jitter_factor: 0.5 }, 1, 1, 15],
    ['none of the jitter', { retry_delay: 10, retry_jitter_factor: 0.5 }, 1, 0, 10],
  ] as [string, Partial<TaskRunPolicy>, number, number, number][])('waits: %s', (_name, policy, run_count, random, seconds) => {
    expect(decide({ ...policy, retries: 9 }, run_count, random)).toMatchObject({
      state: { name: 'AwaitingRetry', state_details: { scheduled_time: due(seconds) } },
    });
  });
});

describe('a flow run that loses its process', () => {
  const decide = (
    crash_count: number,
    { from = 'RUNNING' as StateType, claimed = true, retriable = true, message = 'Killed.' as string | null } = {},
  ) =>
    requeueCrashedFlowRun.decide({
      current: aState(from),
      proposed: aProposal('CRASHED', { message, state_details: { retriable } }),
      run: aFlowRun({ crash_count, run_count: 1 }),
      facts: flowRunFacts({ lease: { claimed }, max_claims: 3 }),
      now: NOW,
    });

  test.each([
    [0, 'Killed. Back in the queue: 2 of 3 claims are left.'],
    [1, 'Killed. Back in the queue: 1 of 3 claims are left.'],
  ])('after %i crashes goes back to the queue', (crash_count, message) => {
    expect(decide(crash_count)).toMatchObject({
      kind: 'reject',
      state: { type: 'SCHEDULED', name: 'Requeued', message, state_details: { scheduled_time: due(0) } },
      run: { crash_count: crash_count + 1, run_count: 0 },
    });
  });

  test('says below a stack that it is back in the queue', () => {
    expect(decide(0, { message: 'Error: boom\n    at flow' })).toMatchObject({
      state: { message: 'Error: boom\n    at flow\nBack in the queue: 2 of 3 claims are left.' },
    });
  });

  test('for the third time is CRASHED, and so is one that would crash again', () => {
    expect(decide(2)).toEqual({ kind: 'amend', run: { crash_count: 3 } });
    expect(decide(0, { retriable: false })).toEqual({ kind: 'amend', run: { crash_count: 1 } });
  });

  test('uses up no retry, whether it had begun or not', () => {
    expect(decide(0, { from: 'PENDING', message: null })).toMatchObject({
      run: { run_count: 1 },
      state: { message: 'Its process is gone. Back in the queue: 2 of 3 claims are left.' },
    });
  });

  test('under a Prefect worker is CRASHED, as with Prefect', () => {
    expect(decide(0, { claimed: false })).toEqual({ kind: 'amend' });
  });
});

test.each([
  ['its own worker', { epoch: 1, current: 1, self: true }, 'amend'],
  ['another run’s worker', { epoch: 1, current: 1, self: false }, 'proceed'],
  ['a person', null, 'proceed'],
] as const)('a running flow run given back by %s: %#', (_name, writer, kind) => {
  const transition = { current: aState('RUNNING'), proposed: aProposal('SCHEDULED'), run: aFlowRun({ run_count: 2 }), now: NOW };
  const verdict = handBack.decide({ ...transition, facts: flowRunFacts({ writer }) });
  expect(verdict.kind).toBe(kind);
  if (kind === 'amend') expect(verdict).toMatchObject({ run: { run_count: 1 } });
});

test.each([
  ['first run', 'Pending', 0, 'Running'],
  ['after AwaitingRetry', 'AwaitingRetry', 1, 'Retrying'],
  ['after anything else', 'Pending', 1, 'Rerunning'],
] as const)('a task’s %s is called so: %#', (_name, name, run_count, expected) => {
  const proposed = aProposal('RUNNING');
  const run = aTaskRun({ run_count });
  const verdict = renameRerun.decide({ current: aState('SCHEDULED', { name }), proposed, run, facts: taskRunFacts(), now: NOW });
  expect(verdict.kind === 'amend' ? verdict.state?.name : proposed.name).toBe(expected);
});
