import { describe, expect, test } from 'vitest';
import { toInstant } from '../lib/time.ts';
import { aFlowRun, aProposal, aSlot, aState, aTaskRun, flowRunFacts, ID, NOW, taskRunFacts } from '../testing/orchestration.ts';
import { evaluate } from './evaluate.ts';
import { flowRunPolicy, forcedFlowRunPolicy } from './flow-run-policy.ts';
import { forcedTaskRunPolicy, taskRunPolicy } from './task-run-policy.ts';

const evaluateFlow = (run: ReturnType<typeof aFlowRun>, proposed: ReturnType<typeof aProposal>, facts = flowRunFacts(), policy = flowRunPolicy) =>
  evaluate(policy, { run, proposed, facts, now: NOW });

describe('what a written state does to its run’s record', () => {
  test('the first RUNNING is its start, and counts', () => {
    const { run } = evaluateFlow(aFlowRun({ state: aState('PENDING') }), aProposal('RUNNING'));
    expect(run).toMatchObject({ run_count: 1, start_time: toInstant(NOW), end_time: null, expected_start_time: toInstant(NOW) });
  });

  test('a later RUNNING counts too, and the start stays the first', () => {
    const start_time = toInstant(NOW - 9_000_000);
    const { run } = evaluateFlow(aFlowRun({ state: aState('SCHEDULED'), run_count: 1, start_time }), aProposal('RUNNING'));
    expect(run).toMatchObject({ run_count: 2, start_time });
  });

  test('leaving RUNNING adds the time it ran, and a final state is its end', () => {
    const running = aFlowRun({ state: aState('RUNNING'), run_count: 1, total_run_time: 5 });
    expect(evaluateFlow(running, aProposal('COMPLETED')).run).toMatchObject({ total_run_time: 65, end_time: toInstant(NOW) });
  });

  test('the end stays the first of two final states, and is gone when the run goes on', () => {
    const end_time = toInstant(NOW - 5_000_000);
    const failed = aFlowRun({ state: aState('FAILED'), end_time });
    expect(evaluateFlow(failed, aProposal('COMPLETED')).run.end_time).toBe(end_time);
    expect(evaluateFlow({ ...failed, end_time: null }, aProposal('COMPLETED')).run.end_time).toBe(toInstant(NOW));
    expect(evaluateFlow(failed, aProposal('SCHEDULED')).run.end_time).toBeNull();
  });

  test('the next start stands there only while it is SCHEDULED', () => {
    const scheduled_time = toInstant(NOW + 60_000_000);
    const scheduled = evaluateFlow(aFlowRun(), aProposal('SCHEDULED', { state_details: { scheduled_time } })).run;
    expect(scheduled).toMatchObject({ next_scheduled_start_time: scheduled_time, expected_start_time: scheduled_time });
    expect(evaluateFlow(scheduled, aProposal('PENDING')).run).toMatchObject({
      next_scheduled_start_time: null,
      expected_start_time: scheduled_time,
    });
    expect(evaluateFlow(aFlowRun(), aProposal('SCHEDULED')).run.next_scheduled_start_time).toBe(toInstant(NOW));
  });

  test('its details say which run it is of, and of which task run in the parent', () => {
    expect(evaluateFlow(aFlowRun(), aProposal('PENDING')).written?.state_details).toEqual({ flow_run_id: ID.run });
    const { written, effects } = evaluateFlow(aFlowRun({ parent_task_run_id: ID.parentTask }), aProposal('PENDING'));
    expect(written?.state_details).toEqual({ flow_run_id: ID.run, task_run_id: ID.parentTask });
    expect(effects).toEqual([{ kind: 'mirror-on-parent-task', task_run_id: ID.parentTask }]);
  });
});

describe('a state that a rule puts in place of the proposed one', () => {
  const running = aFlowRun({ state: aState('RUNNING'), run_count: 1, policy: { retries: 1 } });

  test('keeps its id, its time and the transition’s id, so that a repeated proposal meets it', () => {
    const proposed = aProposal('FAILED', { state_details: { transition_id: 'x', retriable: true } });
    const first = evaluateFlow(running, proposed);
    expect(first.written).toMatchObject({ id: ID.proposed, name: 'AwaitingRetry', timestamp: toInstant(NOW), state_details: { transition_id: 'x' } });
    expect(first.written?.state_details).not.toHaveProperty('retriable');
    const again = evaluateFlow(first.run, { ...proposed, timestamp: toInstant(NOW + 1_000_000) });
    expect(again).toMatchObject({ status: 'REJECT', written: null, reason: 'This run has already made this state transition.' });
  });

  test('frees what the run holds, and is marked as REJECT', () => {
    expect(evaluateFlow(running, aProposal('FAILED'), flowRunFacts({ lease: { claimed: true } }))).toMatchObject({
      status: 'REJECT',
      reason: 'Retrying',
      delay: 0,
      effects: [{ kind: 'drop-lease' }],
      run: { state: { name: 'AwaitingRetry' } },
    });
  });

  test('gets its usual name when the rule gives none', () => {
    const { written } = evaluateFlow(aFlowRun({ state: aState('SCHEDULED') }), aProposal('CANCELLING'));
    expect(written).toMatchObject({ type: 'CANCELLED', name: 'Cancelled' });
  });
});

test('a run that goes back to the queue has no process any more, one that ends keeps the name of its last', () => {
  const running = aFlowRun({ state: aState('RUNNING'), infrastructure_pid: 'host:7' });
  expect(evaluateFlow(running, aProposal('SCHEDULED')).run.infrastructure_pid).toBeNull();
  expect(evaluateFlow(running, aProposal('COMPLETED')).run.infrastructure_pid).toBe('host:7');
});

test('a lease is taken by a claim, or by a place that counts, and by nothing else', () => {
  const scheduled = aFlowRun({ state: aState('SCHEDULED') });
  const kinds = (facts: Parameters<typeof flowRunFacts>[0]) => evaluateFlow(scheduled, aProposal('PENDING'), flowRunFacts(facts)).effects;
  expect(kinds({})).toEqual([]);
  expect(kinds({ claim: true })).toEqual([{ kind: 'take-lease' }]);
  expect(kinds({ slots: [aSlot('work pool', 0, null)] })).toEqual([{ kind: 'take-lease' }]);
});

test('force passes all rules but those that would lose a result or a fence', () => {
  const cancelling = aFlowRun({ state: aState('CANCELLING') });
  expect(evaluateFlow(cancelling, aProposal('COMPLETED'), flowRunFacts(), forcedFlowRunPolicy).status).toBe('ACCEPT');
  const stale = flowRunFacts({ writer: { epoch: 1, current: 2, self: true } });
  expect(evaluateFlow(cancelling, aProposal('COMPLETED'), stale, forcedFlowRunPolicy).status).toBe('ABORT');
});

test('a task run notes in which run of its flow it started, and takes its tags’ slots', () => {
  const slots = [aSlot('tag', 0, 1)];
  const flow_run = { id: ID.flowRun, state: aState('RUNNING'), run_count: 4 };
  const started = evaluate(taskRunPolicy, { run: aTaskRun(), proposed: aProposal('RUNNING'), facts: taskRunFacts({ flow_run, slots }), now: NOW });
  expect(started).toMatchObject({ run: { flow_run_run_count: 4 }, effects: [{ kind: 'take-tag-slots' }] });
  expect(started.written?.state_details).toEqual({ flow_run_id: ID.flowRun, task_run_id: ID.run });
  const alone = evaluate(forcedTaskRunPolicy, {
    run: aTaskRun({ flow_run_run_count: 2 }),
    proposed: aProposal('RUNNING'),
    facts: taskRunFacts({ flow_run: null }),
    now: NOW,
  });
  expect(alone.run.flow_run_run_count).toBe(2);
});
