import { describe, expect, test } from 'vitest';
import { toInstant } from '../../lib/time.ts';
import { aFlowRun, aProposal, aState, aTaskRun, flowRunFacts, ID, NOW, taskRunFacts } from '../../testing/orchestration.ts';
import { evaluate } from '../evaluate.ts';
import { flowRunPolicy } from '../flow-run-policy.ts';
import { taskRunPolicy } from '../task-run-policy.ts';

const running = aFlowRun({ state: aState('RUNNING'), run_count: 1 });
const pause = (details: object = {}, name = 'Paused') => aProposal('PAUSED', { name, state_details: { pause_key: 'k', ...details } });
const decide = (run: typeof running, proposed: ReturnType<typeof aProposal>) =>
  evaluate(flowRunPolicy, { run, proposed, facts: flowRunFacts({ lease: { claimed: false } }), now: NOW });
const kinds = ({ effects }: ReturnType<typeof decide>) => effects.map(({ kind }) => kind);

describe('a pause', () => {
  test('fires once by its key, or by its own id', () => {
    const first = decide(running, pause());
    expect(first).toMatchObject({ status: 'ACCEPT', run: { empirical_policy: { pause_keys: ['k'] } } });
    const again = decide({ ...first.run, state: aState('RUNNING') }, pause({}, 'Suspended'));
    expect(again).toMatchObject({ status: 'REJECT', written: null, reason: 'This suspend has already fired.' });
    expect(decide(running, aProposal('PAUSED')).run.empirical_policy.pause_keys).toEqual([ID.proposed]);
  });

  test.each([
    [aFlowRun(), 'ABORT', 'Cannot pause flows with no state.'],
    [aFlowRun({ state: aState('PENDING') }), 'REJECT', 'Cannot pause flows that are not currently running.'],
    [aFlowRun({ state: aState('COMPLETED') }), 'ABORT', 'Run is already in terminal state COMPLETED.'],
  ] as const)('is for a run that runs: %#', (run, status, reason) => {
    expect(decide(run, pause())).toMatchObject({ status, written: null, reason });
  });

  test('that leaves the process needs a deployment, and no parent', () => {
    const leaving = pause({ pause_reschedule: true });
    expect(decide(running, leaving)).toMatchObject({ status: 'ACCEPT' });
    expect(decide({ ...running, deployment_id: null }, leaving)).toMatchObject({
      status: 'ABORT',
      reason: 'Cannot pause flows without a deployment.',
    });
    expect(decide({ ...running, parent_task_run_id: 'p' }, leaving)).toMatchObject({ status: 'ABORT', reason: 'Cannot pause subflows.' });
  });

  test('in the process keeps what the run holds; one that leaves it gives that back', () => {
    expect(kinds(decide(running, pause()))).not.toContain('drop-lease');
    expect(kinds(decide(running, pause({ pause_reschedule: true })))).toContain('drop-lease');
    expect(kinds(decide(aFlowRun({ state: pause() }), aProposal('CANCELLED')))).toContain('drop-lease');
  });

  test('forgets what was told under its keys to an earlier try', () => {
    const { effects } = decide(running, pause({ run_input_keyset: { schema: 'k-schema', response: 'k-response' } }));
    expect(effects).toContainEqual({ kind: 'forget-inputs', keys: ['k-schema', 'k-response'] });
  });
});

describe('a paused run', () => {
  const paused = (details: object = {}) => ({ ...running, state: aState('PAUSED', { state_details: details }) });
  const late = { pause_timeout: toInstant(NOW - 1) };

  test('goes on, and what leads to that is no new try', () => {
    expect(decide(paused(), aProposal('RUNNING'))).toMatchObject({ status: 'ACCEPT', run: { empirical_policy: { resuming: true } } });
    const resuming = decide(paused({ pause_reschedule: true }), aProposal('SCHEDULED', { name: 'Resuming' })).run;
    expect(resuming.empirical_policy.resuming).toBe(true);
    const again = decide(resuming, aProposal('RUNNING')).run;
    expect(again).toMatchObject({ run_count: 1, empirical_policy: { resuming: false } });
  });

  test('whose process was taken away begins anew: its pauses fire again', () => {
    const run = { ...paused(), empirical_policy: { ...running.empirical_policy, pause_keys: ['k'] } };
    const next = decide(run, aProposal('SCHEDULED')).run;
    expect(next.empirical_policy).toMatchObject({ pause_keys: [], resuming: false, retry_type: 'reschedule' });
  });

  test.each([
    ['whose worker dies', 'CRASHED', null, 'REJECT', 'Requeued'],
    ['that its worker hands back', 'SCHEDULED', { epoch: 1, current: 1, self: true }, 'ACCEPT', 'Scheduled'],
  ] as const)('%s is no new try in the next process, and asks there again, for this alone', (_name, type, writer, status, name) => {
    const facts = flowRunFacts({ lease: { claimed: true }, writer });
    const state = aState('PAUSED', { state_details: { pause_key: 'second' } });
    const run = {
      ...running,
      state,
      run_count: 2,
      empirical_policy: { ...running.empirical_policy, pause_keys: ['first', 'second'], resuming: true },
    };
    const decision = evaluate(flowRunPolicy, { run, proposed: aProposal(type), facts, now: NOW });
    expect(decision).toMatchObject({ status, written: { type: 'SCHEDULED', name }, run: { empirical_policy: { pause_keys: ['first'] } } });
    expect(kinds(decision)).toContain('drop-lease');
    const started = evaluate(flowRunPolicy, { run: { ...decision.run, state: aState('PENDING') }, proposed: aProposal('RUNNING'), facts, now: NOW });
    expect(started.run.run_count).toBe(1);
  });

  test('whose pause has no key of its own asks again for that', () => {
    const facts = flowRunFacts({ lease: { claimed: true } });
    const run = { ...paused(), empirical_policy: { ...running.empirical_policy, pause_keys: ['first', ID.current] } };
    const again = evaluate(flowRunPolicy, { run, proposed: aProposal('SCHEDULED'), facts, now: NOW });
    expect(again.run.empirical_policy.pause_keys).toEqual(['first']);
    const untold = evaluate(flowRunPolicy, { run: paused(), proposed: aProposal('SCHEDULED'), facts, now: NOW });
    expect(untold.run.empirical_policy.pause_keys).toEqual([]);
  });

  test('that was to leave its process goes on with a deployment alone, and not too late', () => {
    const suspended = (more: object) => paused({ pause_reschedule: true, ...more });
    expect(decide({ ...suspended({}), deployment_id: null }, aProposal('SCHEDULED'))).toMatchObject({
      status: 'REJECT',
      reason: 'Cannot reschedule a paused flow run without a deployment.',
    });
    expect(decide(suspended(late), aProposal('SCHEDULED'))).toMatchObject({
      status: 'REJECT',
      written: { type: 'FAILED', message: 'The flow was suspended and never resumed.' },
    });
  });

  test('that no worker of ours holds has crashed when its process is gone', () => {
    expect(decide(paused(), aProposal('CRASHED'))).toMatchObject({ status: 'ACCEPT', written: { type: 'CRASHED' } });
  });

  test('has failed when it is resumed too late, and can still be cancelled', () => {
    expect(decide(paused(late), aProposal('RUNNING'))).toMatchObject({ status: 'REJECT', written: { type: 'FAILED' } });
    expect(decide(paused(late), aProposal('CANCELLING'))).toMatchObject({ status: 'ACCEPT', written: { type: 'CANCELLING' } });
    expect(decide(paused({ pause_timeout: toInstant(NOW + 1) }), aProposal('RUNNING')).status).toBe('ACCEPT');
  });

  test('is not submitted', () => {
    expect(decide(paused(), aProposal('PENDING'))).toMatchObject({ status: 'REJECT', written: null });
  });
});

describe('a retry that waits in the process', () => {
  const failed = decide(
    { ...running, infrastructure_pid: 'host:7', empirical_policy: { ...running.empirical_policy, retries: 1 } },
    aProposal('FAILED'),
  );

  test('keeps what the run holds, and where its process is', () => {
    expect(failed).toMatchObject({ status: 'REJECT', written: { name: 'AwaitingRetry' }, run: { infrastructure_pid: 'host:7' } });
    expect(kinds(failed)).toEqual([]);
    expect(kinds(decide(failed.run, aProposal('CRASHED')))).toContain('drop-lease');
  });

  test('is over when the run runs: then it may leave its process', () => {
    const due = { ...failed.run, state: aState('SCHEDULED', { name: 'AwaitingRetry' }) };
    const again = decide(due, aProposal('RUNNING')).run;
    expect(again.empirical_policy.retry_type).toBeNull();
    expect(kinds(decide(again, aProposal('SCHEDULED')))).toContain('drop-lease');
  });
});

describe('what a task has computed', () => {
  const done = aState('COMPLETED', { message: 'ok', data: { type: 'reference' }, state_details: { cache_key: 'c', transition_id: 'old' } });
  const start = (details: object = {}) => aProposal('RUNNING', { state_details: { cache_key: 'c', transition_id: 'new', ...details } });
  const ask = (proposed = start(), run = aTaskRun({ state: aState('PENDING') })) =>
    evaluate(taskRunPolicy, { run, proposed, facts: taskRunFacts({ cached: done }), now: NOW });

  test('is given to the next one with its key, as Cached, before anything else is asked', () => {
    const written = { type: 'COMPLETED', name: 'Cached', data: done.data, message: 'ok', state_details: { cache_key: 'c', transition_id: 'new' } };
    expect(ask()).toMatchObject({ status: 'REJECT', reason: 'Retrieved state from cache', written });
    expect(ask(start(), aTaskRun({ state: done })).written).toMatchObject({ name: 'Cached' });
  });

  test('is computed again when the task asks for that', () => {
    expect(ask(start({ refresh_cache: true }))).toMatchObject({ status: 'ACCEPT', written: { type: 'RUNNING' } });
  });

  test('is kept once: what came from there is there', () => {
    const run = aTaskRun({ state: aState('RUNNING') });
    const { effects } = ask(aProposal('COMPLETED', { state_details: { cache_key: 'c', cache_expiration: toInstant(NOW) } }), run);
    expect(effects).toContainEqual({ kind: 'keep-in-cache', cache_key: 'c', cache_expiration: toInstant(NOW) });
    expect(ask().effects).toEqual([]);
    expect(ask(aProposal('COMPLETED'), run).effects.map(({ kind }) => kind)).not.toContain('keep-in-cache');
  });
});
