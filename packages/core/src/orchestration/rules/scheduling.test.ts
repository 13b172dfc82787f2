import { expect, test } from 'vitest';
import { toInstant } from '../../lib/time.ts';
import type { State } from '../../model/state.ts';
import { aFlowRun, aProposal, aState, flowRunFacts, NOW } from '../../testing/orchestration.ts';
import { cancelWithoutProcess } from './cancel-without-process.ts';
import { copyScheduledTime } from './copy-scheduled-time.ts';
import { lateOnlyWhenScheduled } from './late-only-when-scheduled.ts';
import { waitForScheduledTime } from './wait-for-scheduled-time.ts';

const about = (current: State, proposed: State, run = aFlowRun()) => ({ current, proposed, run, facts: flowRunFacts(), now: NOW });
const at = (micros: number) => ({ state_details: { scheduled_time: toInstant(micros) } });

test.each([
  ['in a second', at(NOW + 1_000_000), { kind: 'wait', delay: 1_000_000 }],
  ['in a microsecond', at(NOW + 1), { kind: 'wait', delay: 1 }],
  ['now', at(NOW), { kind: 'proceed' }],
  ['a second ago', at(NOW - 1_000_000), { kind: 'proceed' }],
  ['at no time', {}, { kind: 'proceed' }],
] as const)('a run that is due %s starts or waits: %#', (_name, parts, verdict) => {
  expect(waitForScheduledTime.decide(about(aState('PENDING', parts), aProposal('RUNNING')))).toMatchObject(verdict);
});

test.each([
  ['remembers when it was due', at(NOW), {}, { kind: 'amend', state: at(NOW) }],
  ['keeps a time of its own', at(NOW), at(NOW + 5), { kind: 'proceed' }],
  ['has none to remember', {}, {}, { kind: 'proceed' }],
] as const)('PENDING %s', (_name, before, after, verdict) => {
  expect(copyScheduledTime.decide(about(aState('SCHEDULED', before), aProposal('PENDING', after)))).toMatchObject(verdict);
});

test.each([
  ['SCHEDULED', 'Scheduled', 'Late', 'proceed'],
  ['SCHEDULED', 'Late', 'Late', 'reject'],
  ['RUNNING', 'Running', 'Late', 'reject'],
  ['FAILED', 'Failed', 'Scheduled', 'proceed'],
] as const)('from %s "%s" to "%s": %s', (from, name, late, kind) => {
  expect(lateOnlyWhenScheduled.decide(about(aState(from, { name }), aProposal('SCHEDULED', { name: late }))).kind).toBe(kind);
});

test.each([
  ['scheduled, without a process', aState('SCHEDULED'), null, 'reject'],
  ['scheduled, resuming', aState('SCHEDULED', { name: 'Resuming' }), 'host:1', 'reject'],
  ['waiting for a retry in its process', aState('SCHEDULED', { name: 'AwaitingRetry' }), 'host:1', 'proceed'],
  ['suspended', aState('PAUSED', { state_details: { pause_reschedule: true } }), 'host:1', 'reject'],
  ['paused in its process', aState('PAUSED', { state_details: { pause_reschedule: false } }), 'host:1', 'proceed'],
] as const)('a cancelled run that is %s ends at once or is left to its process: %#', (_name, current, infrastructure_pid, kind) => {
  const verdict = cancelWithoutProcess.decide(about(current, aProposal('CANCELLING'), aFlowRun({ infrastructure_pid })));
  expect(verdict.kind).toBe(kind);
  if (verdict.kind === 'reject') expect(verdict.state).toEqual({ type: 'CANCELLED' });
});
