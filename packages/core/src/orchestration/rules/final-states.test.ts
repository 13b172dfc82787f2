import { describe, expect, test } from 'vitest';
import type { State } from '../../model/state.ts';
import { FINAL_STATE_TYPES, type StateType } from '../../model/state-type.ts';
import { aFlowRun, aProposal, aState, aTaskRun, flowRunFacts, NOW, taskRunFacts } from '../../testing/orchestration.ts';
import { evaluate } from '../evaluate.ts';
import { flowRunPolicy } from '../flow-run-policy.ts';
import { keepFinalFlowRun } from './keep-final-flow-run.ts';
import { keepFinalTaskRun } from './keep-final-task-run.ts';
import { keepResult } from './keep-result.ts';
import { onlyCancelledAfterCancelling } from './only-cancelled-after-cancelling.ts';
import { restartEndedFlowRun } from './restart-ended-flow-run.ts';

const KEPT = { type: 'sluice/v1', result: 'r' };
const UNPERSISTED = { type: 'unpersisted' };
const RESTARTED = { restart: true, thrown_away: { results: 3, open_child: null } };

const decideFlow = (current: State, proposed: State, run = aFlowRun()) =>
  keepFinalFlowRun.decide({ current, proposed, run, facts: flowRunFacts(), now: NOW });

describe('a flow run in a final state', () => {
  test.each([
    ['FAILED', 'CRASHED', 'abort'],
    ['CRASHED', 'PAUSED', 'abort'],
    ['COMPLETED', 'CANCELLING', 'abort'],
    ['FAILED', 'SCHEDULED', 'amend'],
    ['CANCELLED', 'RUNNING', 'amend'],
    ['FAILED', 'COMPLETED', 'proceed'],
    ['COMPLETED', 'FAILED', 'proceed'],
  ] as const)('from %s to %s: %s', (from, to, kind) => {
    expect(decideFlow(aState(from), aProposal(to)).kind).toBe(kind);
  });

  test('a result that can be read again keeps its run COMPLETED', () => {
    const done = aState('COMPLETED', { data: KEPT });
    expect(decideFlow(done, aProposal('SCHEDULED'))).toEqual({ kind: 'reject', state: null, reason: 'Run is already COMPLETED.' });
    expect(decideFlow(done, aProposal('COMPLETED')).kind).toBe('reject');
    expect(decideFlow(done, aProposal('COMPLETED', { data: UNPERSISTED })).kind).toBe('reject');
    expect(decideFlow(done, aProposal('COMPLETED', { data: { other: 1 } })).kind).toBe('proceed');
    expect(decideFlow(aState('COMPLETED', { data: UNPERSISTED }), aProposal('SCHEDULED')).kind).toBe('amend');
  });

  test('it is scheduled again only when a deployment says how to start it, and starts with all its claims', () => {
    const failed = aState('FAILED');
    expect(decideFlow(failed, aProposal('SCHEDULED'), aFlowRun({ deployment_id: null })).kind).toBe('abort');
    const run = aFlowRun({ crash_count: 2, policy: { retries: 4, pause_keys: ['k'], resuming: true } });
    expect(decideFlow(failed, aProposal('SCHEDULED'), run)).toMatchObject({
      run: { crash_count: 0, empirical_policy: { retries: 4, pause_keys: [], resuming: false, retry_type: 'reschedule' } },
    });
    expect(decideFlow(failed, aProposal('RUNNING'), run)).toMatchObject({ run: { empirical_policy: { retry_type: null } } });
  });
});

describe('a restart from a task', () => {
  const decide = (current: State, facts = RESTARTED) =>
    restartEndedFlowRun.decide({ current, proposed: aProposal('SCHEDULED'), run: aFlowRun(), facts: flowRunFacts(facts), now: NOW });

  test('may follow any end, and gives up the result of a run that is COMPLETED', () => {
    for (const type of FINAL_STATE_TYPES) expect(decide(aState(type)).kind).toBe('proceed');
    const completed = { current: aState('COMPLETED', { data: KEPT }), proposed: aProposal('SCHEDULED'), run: aFlowRun(), now: NOW };
    expect(keepFinalFlowRun.decide({ ...completed, facts: flowRunFacts(RESTARTED) }).kind).toBe('amend');
  });

  test('follows nothing else, and waits for no child that would run again', () => {
    expect(decide(aState('RUNNING'))).toEqual({ kind: 'abort', reason: 'It is Running: only a run that has ended can be restarted.' });
    const withChild = { restart: true, thrown_away: { results: 3, open_child: 'c' } };
    expect(decide(aState('FAILED'), withChild as never)).toMatchObject({
      kind: 'abort',
      reason: 'Its child flow run c would run again, and has not ended.',
    });
    expect(decide(aState('FAILED'), { restart: true, thrown_away: { results: 20_001, open_child: null } }).kind).toBe('abort');
  });
});

test('results are thrown away by a restart, and by no retry', () => {
  const kinds = (facts: Partial<typeof RESTARTED>) => {
    const run = { ...aFlowRun(), state: aState('FAILED') };
    const { effects } = evaluate(flowRunPolicy, { run, proposed: aProposal('SCHEDULED'), facts: flowRunFacts(facts), now: NOW });
    return effects.map(({ kind }) => kind);
  };
  expect(kinds(RESTARTED)).toContain('throw-away');
  expect(kinds({})).not.toContain('throw-away');
});

describe('a task run in a final state', () => {
  const decide = (current: State, proposed: State, runs: { seen: number; now: number } | null = null) =>
    keepFinalTaskRun.decide({
      current,
      proposed,
      run: aTaskRun({ run_count: 3, flow_run_run_count: runs?.seen ?? 0 }),
      facts: taskRunFacts({ flow_run: runs && { id: 'f', state: null, run_count: runs.now } }),
      now: NOW,
    });

  test.each([
    ['FAILED', 'CRASHED', 'abort'],
    ['CANCELLED', 'PAUSED', 'abort'],
    ['COMPLETED', 'CANCELLING', 'abort'],
    ['FAILED', 'COMPLETED', 'proceed'],
    ['FAILED', 'RUNNING', 'amend'],
  ] as const)('from %s to %s: %s', (from, to, kind) => {
    expect(decide(aState(from), aProposal(to)).kind).toBe(kind);
  });

  test('is not run again when it left a result', () => {
    expect(decide(aState('COMPLETED', { data: KEPT }), aProposal('RUNNING')).kind).toBe('reject');
    expect(decide(aState('COMPLETED', { data: UNPERSISTED }), aProposal('RUNNING')).kind).toBe('amend');
  });

  test('starts again with all its retries, as Retrying when its flow runs again', () => {
    expect(decide(aState('FAILED'), aProposal('RUNNING'), { seen: 1, now: 2 })).toEqual({
      kind: 'amend',
      run: { run_count: 0 },
      state: { name: 'Retrying' },
    });
    expect(decide(aState('FAILED'), aProposal('RUNNING'), { seen: 2, now: 2 })).toEqual({ kind: 'amend', run: { run_count: 0 } });
  });
});

test.each([
  ['COMPLETED', KEPT, null, 'reject'],
  ['COMPLETED', KEPT, UNPERSISTED, 'reject'],
  ['COMPLETED', KEPT, KEPT, 'proceed'],
  ['COMPLETED', null, null, 'proceed'],
  ['FAILED', KEPT, null, 'proceed'],
] as const)('even a forced COMPLETED after %s with %j and then %j: %s', (from: StateType, before, after, kind) => {
  const transition = { current: aState(from, { data: before }), proposed: aProposal('COMPLETED', { data: after }) };
  expect(keepResult.decide({ ...transition, run: aFlowRun(), facts: flowRunFacts(), now: NOW }).kind).toBe(kind);
});

test('who is being cancelled becomes nothing but CANCELLED', () => {
  expect(onlyCancelledAfterCancelling.from).toEqual(['CANCELLING']);
  expect(onlyCancelledAfterCancelling.to).not.toContain('CANCELLED');
  const transition = { current: aState('CANCELLING'), proposed: aProposal('COMPLETED'), run: aFlowRun(), facts: flowRunFacts(), now: NOW };
  expect(onlyCancelledAfterCancelling.decide(transition)).toMatchObject({ kind: 'reject', state: null });
});
