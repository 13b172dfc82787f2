import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toInstant, toMicros } from '../lib/time.ts';
import { isActive, isFinal, STATE_TYPES } from '../model/state-type.ts';
import { aFlowRun, aProposal, aTaskRun, flowRunFacts, NOW, taskRunFacts } from '../testing/orchestration.ts';
import { type Decision, evaluate } from './evaluate.ts';
import { flowRunPolicy, forcedFlowRunPolicy, staysInProcess } from './flow-run-policy.ts';
import type { FlowRunRecord, RunRecord, SlotCount, TaskRunRecord } from './run-record.ts';
import { forcedTaskRunPolicy, taskRunPolicy } from './task-run-policy.ts';

/** One proposal of a run's life: what, by whom, when, and how full the places are then. */
const step = fc.record({
  type: fc.constantFrom(...STATE_TYPES),
  name: fc.constantFrom(undefined, 'Late', 'Submitting', 'Resuming', 'AwaitingRetry'),
  transition_id: fc.constantFrom(undefined, 't1', 't2'),
  data: fc.constantFrom(null, { type: 'unpersisted' }, { type: 'sluice/v1', result: 'r' }),
  retriable: fc.constantFrom(undefined, true, false),
  later: fc.integer({ min: 0, max: 3_000_000 }),
  dueIn: fc.integer({ min: -1_000_000, max: 5_000_000 }),
  force: fc.boolean(),
  claim: fc.boolean(),
  used: fc.integer({ min: 0, max: 3 }),
  writer: fc.constantFrom('none', 'holder', 'stale'),
  random: fc.double({ min: 0, max: 1, noNaN: true }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const life = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 25 }),
  retries: fc.integer({ min: 0, max: 3 }),
  parent: fc.boolean(),
  deployed: fc.boolean(),
});

const proposal = ({ type, name, transition_id, data, retriable, dueIn }: Step, now: number) =>
  aProposal(type, {
    data,
    timestamp: toInstant(now),
    ...(name && { name }),
    state_details: { scheduled_time: toInstant(now + dueIn), ...(transition_id && { transition_id }), ...(retriable !== undefined && { retriable }) },
  });

const writerOf = ({ writer }: Step, current: number | null) =>
  writer === 'none' ? null : writer === 'holder' ? { epoch: current ?? 0, current: current ?? 0, self: true } : { epoch: 99, current, self: true };

const slotsOf = ({ used }: Step): SlotCount[] => [{ kind: 'work pool', name: 'p', limit: 3, used }];

/** What holds for every decision, whatever was proposed in whichever state. */
function holds<Run extends RunRecord>(before: Run, { writer }: Step, decision: Decision<Run>): void {
  const { status, written, run, effects } = decision;
  if (writer === 'stale') expect(written, 'a stale epoch never writes').toBeNull();
  if (status === 'WAIT' || status === 'ABORT') expect(written, 'WAIT and ABORT write nothing').toBeNull();
  if (!written) {
    expect(run).toBe(before);
    expect(effects).toEqual([]);
    return;
  }
  expect(run.state).toBe(written);
  if (before.state) expect(toMicros(written.timestamp), 'state times strictly increase').toBeGreaterThan(toMicros(before.state.timestamp));
  expect(run.run_count, 'run_count is never negative').toBeGreaterThanOrEqual(0);
  expect(run.total_run_time).toBeGreaterThanOrEqual(before.total_run_time);
  expect(run.end_time !== null, 'an end stands there exactly in final states').toBe(isFinal(written.type));
  expect(run.next_scheduled_start_time !== null).toBe(written.type === 'SCHEDULED');
  expect(run.expected_start_time).not.toBeNull();
}

test('whatever is proposed to a flow run, its record stays sound and its lease goes with its state', () => {
  fc.assert(
    fc.property(life, ({ steps, retries, parent, deployed }) => {
      let run: FlowRunRecord = aFlowRun({
        policy: { retries },
        parent_task_run_id: parent ? 'p' : null,
        deployment_id: deployed ? 'd' : null,
      });
      let lease: { claimed: boolean; epoch: number } | null = null;
      let epoch = 0;
      let now = NOW;
      for (const each of steps) {
        now += each.later;
        const facts = flowRunFacts({ lease, writer: writerOf(each, epoch || null), claim: each.claim, slots: slotsOf(each) });
        const policy = each.force || run.state === null ? forcedFlowRunPolicy : flowRunPolicy;
        const decision: Decision<FlowRunRecord> = evaluate(policy, { run, proposed: proposal(each, now), facts, now });
        holds(run, each, decision);
        const kinds = decision.effects.map(({ kind }) => kind);
        if (kinds.includes('take-lease')) {
          expect(lease, 'no lease is taken twice').toBeNull();
          epoch += 1;
          lease = { claimed: each.claim, epoch };
        }
        if (kinds.includes('drop-lease')) lease = null;
        run = decision.run;
        if (run.state && !isActive(run.state.type) && !staysInProcess(run, run.state))
          expect(lease, 'a run that has no process holds nothing').toBeNull();
        expect(run.crash_count).toBeLessThanOrEqual(3);
      }
    }),
    { numRuns: 600, seed: 1 },
  );
});

test('whatever is proposed to a task run, its record stays sound and its slots go with its state', () => {
  fc.assert(
    fc.property(life, ({ steps, retries }) => {
      let run: TaskRunRecord = aTaskRun({ policy: { retries, retry_delay: [1, 2], retry_jitter_factor: 0.5 } });
      let holding = false;
      let now = NOW;
      for (const each of steps) {
        now += each.later;
        const slots = holding ? [] : slotsOf(each);
        const facts = taskRunFacts({ writer: writerOf(each, 1), slots, random: each.random });
        const policy = each.force ? forcedTaskRunPolicy : taskRunPolicy;
        const decision: Decision<TaskRunRecord> = evaluate(policy, { run, proposed: proposal(each, now), facts, now });
        holds(run, each, decision);
        const kinds = decision.effects.map(({ kind }) => kind);
        if (kinds.includes('take-tag-slots')) holding = true;
        if (kinds.includes('free-tag-slots')) holding = false;
        run = decision.run;
        if (holding) expect(['RUNNING', 'CANCELLING'], 'slots are held only while it runs').toContain(run.state?.type);
      }
    }),
    { numRuns: 600, seed: 1 },
  );
});
