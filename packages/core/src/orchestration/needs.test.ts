import { expect, test } from 'vitest';
import { STATE_TYPES } from '../model/state-type.ts';
import { FLOW_RUN_NEEDS, TASK_RUN_NEEDS } from './needs.ts';

const lines = (needs: typeof FLOW_RUN_NEEDS | typeof TASK_RUN_NEEDS) => STATE_TYPES.map((to) => [to, ...[...needs[to]].sort()].join(' '));

test('what is read before a flow run’s rules are asked is what they need for the state that is proposed', () => {
  expect(lines(FLOW_RUN_NEEDS)).toEqual([
    'SCHEDULED parent_task thrown_away',
    'PENDING parent_task slots',
    'RUNNING lost_slot parent_task',
    'COMPLETED inside parent_task',
    'FAILED inside parent_task',
    'CANCELLED inside parent_task',
    'CRASHED inside max_claims parent_task',
    'PAUSED parent_task',
    'CANCELLING inside parent_task',
  ]);
});

test('a task run’s tags, and what has been computed before, are looked at only when it is to run', () => {
  expect(lines(TASK_RUN_NEEDS).filter((line) => line.includes(' '))).toEqual(['RUNNING cached slots']);
});
