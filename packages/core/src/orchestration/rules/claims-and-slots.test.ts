import { describe, expect, test } from 'vitest';
import { toInstant } from '../../lib/time.ts';
import { aFlowRun, aProposal, aSlot, aState, aTaskRun, flowRunFacts, ID, NOW, taskRunFacts } from '../../testing/orchestration.ts';
import { evaluate } from '../evaluate.ts';
import { flowRunPolicy } from '../flow-run-policy.ts';
import { keepDeploymentSlot } from './keep-deployment-slot.ts';
import { oneClaim } from './one-claim.ts';
import { onlyInRunningFlow } from './only-in-running-flow.ts';
import { refuseDuplicate } from './refuse-duplicate.ts';
import { refuseStaleEpoch } from './refuse-stale-epoch.ts';
import { secureSlots } from './secure-slots.ts';
import { secureTagSlots } from './secure-tag-slots.ts';

describe('a run is claimed once', () => {
  const decide = (current = aState('PENDING'), name = 'Pending') =>
    oneClaim.decide({ current, proposed: aProposal('PENDING', { name }), run: aFlowRun(), facts: flowRunFacts(), now: NOW });

  test.each(['PENDING', 'RUNNING', 'CANCELLING', 'CANCELLED'] as const)('a second claim of a run that is %s is told to drop it', (type) => {
    expect(decide(aState(type))).toEqual({ kind: 'abort', reason: `This run is in a ${type} state and cannot transition to a PENDING state.` });
  });

  test('its worker may rename its PENDING, once by each name, and keeps the time it was scheduled for', () => {
    const scheduled_time = toInstant(NOW);
    const pending = aState('PENDING', { state_details: { scheduled_time } });
    expect(decide(pending, 'Submitting')).toMatchObject({ kind: 'amend', state: { state_details: { scheduled_time } } });
    expect(decide(aState('PENDING', { name: 'Submitting' }), 'Submitting').kind).toBe('abort');
    expect(decide(aState('PENDING', { name: 'Submitting' }), 'Pending').kind).toBe('abort');
    expect(decide(aState('RUNNING'), 'Submitting').kind).toBe('abort');
  });
});

describe('PENDING takes a slot of everything that limits the run', () => {
  const decide = (slots: ReturnType<typeof aSlot>[], claim = true) =>
    secureSlots.decide({
      current: aState('SCHEDULED'),
      proposed: aProposal('PENDING'),
      run: aFlowRun(),
      facts: flowRunFacts({ slots, claim }),
      now: NOW,
    });

  test.each([
    ['nothing limits it', [], 'proceed'],
    ['a place counts but does not limit', [aSlot('work pool', 900, null)], 'proceed'],
    ['one slot is free', [aSlot('work pool', 2, 3), aSlot('worker', 0, 1)], 'proceed'],
    ['the last slot is taken', [aSlot('work pool', 3, 3)], 'abort'],
    ['the limit was lowered below what is in use', [aSlot('work queue', 5, 3)], 'abort'],
    ['a limit of zero', [aSlot('worker', 0, 0)], 'abort'],
    ['a paused place', [aSlot('work queue', 0, null, { paused: true })], 'abort'],
    ['the second of two is full', [aSlot('work pool', 0, 9), aSlot('work queue', 1, 1)], 'abort'],
    ['a claim meets the deployment’s limit', [aSlot('deployment', 1, 1)], 'abort'],
  ] as const)('%s: %#', (_name, slots, kind) => {
    expect(decide([...slots]).kind).toBe(kind);
  });

  test('the answer names what is full and how many slots it has', () => {
    expect(decide([aSlot('work pool', 3, 3)])).toMatchObject({ reason: 'All 3 slots of the work pool "the work pool" are taken (3 in use).' });
    expect(decide([aSlot('work queue', 0, 1, { paused: true })])).toMatchObject({ reason: 'The work queue "the work queue" is paused.' });
  });

  test('a Prefect worker that meets a deployment’s limit is answered as by Prefect', () => {
    expect(decide([aSlot('deployment', 0, null, { paused: true })], false)).toMatchObject({ kind: 'proceed' });
    expect(decide([aSlot('deployment', 1, 1)], false)).toMatchObject({
      kind: 'reject',
      state: { type: 'SCHEDULED', name: 'AwaitingConcurrencySlot', state_details: { scheduled_time: toInstant(NOW + 30_000_000) } },
    });
    expect(decide([aSlot('deployment', 0, 0)], false)).toMatchObject({ kind: 'abort' });
    expect(decide([aSlot('work pool', 1, 1)], false)).toMatchObject({ kind: 'abort' });
  });

  test('a run that meets the limit of a deployment that cancels new ones is cancelled, whoever wants to start it', () => {
    const cancels = { collision_strategy: 'CANCEL_NEW' } as const;
    for (const claim of [true, false]) {
      expect(decide([aSlot('deployment', 1, 1, cancels)], claim)).toMatchObject({ kind: 'reject', state: { type: 'CANCELLED' } });
      expect(decide([aSlot('deployment', 0, 1, cancels)], claim)).toMatchObject({ kind: claim ? 'proceed' : 'amend' });
      expect(decide([aSlot('deployment', 0, 0, cancels)], claim)).toMatchObject({ kind: 'abort' });
    }
  });
});

test('the slot of a deployment’s limit is under a lease that a Prefect client is told, and no other slot is', () => {
  const decide = (slots: ReturnType<typeof aSlot>[], claim: boolean) =>
    secureSlots.decide({
      current: aState('SCHEDULED'),
      proposed: aProposal('PENDING'),
      run: aFlowRun(),
      facts: flowRunFacts({ slots, claim }),
      now: NOW,
    });
  const limited = [aSlot('work pool', 0, 1), aSlot('deployment', 0, 1)];
  expect(decide(limited, false)).toEqual({ kind: 'amend', state: { state_details: { deployment_concurrency_lease_id: ID.proposed } } });
  expect(decide(limited, true).kind).toBe('proceed');
  expect(decide([aSlot('work pool', 0, 1), aSlot('deployment', 0, null)], false).kind).toBe('proceed');
});

describe('a run keeps its slot of its deployment as it begins to run', () => {
  const lease = { deployment_concurrency_lease_id: ID.current };
  const decide = (lost_slot: ReturnType<typeof aSlot> | null, renews: boolean, state_details = {}) =>
    keepDeploymentSlot.decide({
      current: aState('PENDING', { state_details }),
      proposed: aProposal('RUNNING'),
      run: aFlowRun(),
      facts: flowRunFacts({ lost_slot, renews }),
      now: NOW,
    });

  test.each([
    ['that is under a lease of its own', { claimed: false, deployment_lease_id: ID.current }, ['hold-deployment-slot']],
    ['that has none', { claimed: false, deployment_lease_id: null }, []],
    ['without any lease', null, []],
  ])('a run %s', (_name, lease, kinds) => {
    const run = aFlowRun({ state: aState('PENDING') });
    const { effects } = evaluate(flowRunPolicy, { run, proposed: aProposal('RUNNING'), facts: flowRunFacts({ lease }), now: NOW });
    expect(effects.map(({ kind }) => kind).filter((kind) => kind === 'hold-deployment-slot')).toEqual(kinds);
  });

  test('and a client that prolongs it is told its lease', () => {
    expect(decide(null, true, lease)).toEqual({ kind: 'amend', state: { state_details: lease } });
    expect(decide(null, false, lease).kind).toBe('proceed');
    expect(decide(null, true).kind).toBe('proceed');
  });

  test.each([
    ['there is another', aSlot('deployment', 0, 1), 'amend'],
    ['there is no limit any more', aSlot('deployment', 9, null), 'amend'],
    ['others have all', aSlot('deployment', 1, 1), 'reject'],
    ['the limit is lower now', aSlot('deployment', 1, 0), 'reject'],
  ] as const)('when it has lost it and %s: %s', (_name, slot, kind) => {
    expect(decide(slot, true, lease).kind).toBe(kind);
  });
});

describe('a task runs with a slot of each of its tags', () => {
  const decide = (slots: ReturnType<typeof aSlot>[]) =>
    secureTagSlots.decide({ current: null, proposed: aProposal('RUNNING'), run: aTaskRun(), facts: taskRunFacts({ slots }), now: NOW });

  test.each([
    ['no limited tag', [], 'proceed'],
    ['room', [aSlot('tag', 2, 3)], 'proceed'],
    ['a limit that only counts', [aSlot('tag', 2, null)], 'proceed'],
    ['one of two is full', [aSlot('tag', 0, 3), aSlot('tag', 3, 3)], 'wait'],
    ['a limit of zero would never have room', [aSlot('tag', 3, 3), aSlot('tag', 0, 0)], 'abort'],
  ] as const)('%s: %#', (_name, slots, kind) => {
    expect(decide([...slots]).kind).toBe(kind);
  });

  test('the wait is 10 s and names the tag', () => {
    expect(decide([aSlot('tag', 3, 3)])).toEqual({
      kind: 'wait',
      delay: 10_000_000,
      reason: 'Concurrency limit for the the tag tag has been reached',
    });
  });
});

describe('a task starts only while its flow runs', () => {
  const decide = (flow_run: ReturnType<typeof taskRunFacts>['flow_run']) =>
    onlyInRunningFlow.decide({ current: null, proposed: aProposal('RUNNING'), run: aTaskRun(), facts: taskRunFacts({ flow_run }), now: NOW });
  const flow = (state: ReturnType<typeof aState> | null) => decide({ id: 'f', state, run_count: 1 });

  test.each(['SCHEDULED', 'PENDING', 'COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED', 'CANCELLING'] as const)('not while it is %s', (type) => {
    expect(flow(aState(type)).kind).toBe('abort');
  });

  test('while it is RUNNING, and when there is none', () => {
    expect(flow(aState('RUNNING')).kind).toBe('proceed');
    expect(flow(null).kind).toBe('abort');
    expect(decide(null).kind).toBe('proceed');
  });

  test('of a paused flow it is paused too, for as long', () => {
    const pause_timeout = toInstant(NOW);
    expect(flow(aState('PAUSED', { state_details: { pause_timeout, pause_reschedule: false } }))).toMatchObject({
      kind: 'reject',
      state: { type: 'PAUSED', name: 'NotReady', state_details: { pause_timeout, pause_reschedule: false } },
    });
  });
});

test.each([
  ['without an id', undefined, undefined, 'proceed'],
  ['with a new id', 'a', 'b', 'proceed'],
  ['first with an id', undefined, 'b', 'proceed'],
  ['with the id of the state that stands', 'a', 'a', 'reject'],
] as const)('a transition %s: %#', (_name, before, after, kind) => {
  const current = aState('RUNNING', { state_details: before ? { transition_id: before } : {} });
  const proposed = aProposal('RUNNING', { state_details: after ? { transition_id: after } : {} });
  expect(refuseDuplicate.decide({ current, proposed, run: aFlowRun(), facts: flowRunFacts(), now: NOW }).kind).toBe(kind);
});

test.each([
  ['nobody who holds a lease', null, 'proceed'],
  ['the holder', { epoch: 2, current: 2, self: true }, 'proceed'],
  ['a holder whose run was claimed again', { epoch: 1, current: 2, self: true }, 'abort'],
  ['a holder whose lease has ended', { epoch: 1, current: null, self: false }, 'abort'],
] as const)('a proposal of %s: %#', (_name, writer, kind) => {
  const transition = { current: null, proposed: aProposal('RUNNING'), run: aFlowRun(), facts: flowRunFacts({ writer }), now: NOW };
  expect(refuseStaleEpoch.decide(transition).kind).toBe(kind);
});
