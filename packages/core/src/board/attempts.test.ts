import { expect, test } from 'vitest';
import type { StateType } from '../model/state-type.ts';
import { attemptsOf, type StateOfRun } from './attempts.ts';

const at = (second: number) => `2026-11-29T10:00:${String(second).padStart(2, '0')}.000000+00:00`;
const state = (type: StateType, second: number, { name = type as string, message = null as string | null, due = second } = {}): StateOfRun => ({
  type,
  name,
  timestamp: at(second),
  message,
  scheduled: type === 'SCHEDULED' ? at(due) : null,
});

test('a run that is claimed, runs and ends has one attempt, with its time in the queue before it', () => {
  const states = [state('SCHEDULED', 0), state('PENDING', 3, { message: 'Claimed by w-1.' }), state('RUNNING', 4), state('COMPLETED', 9)];
  expect(attemptsOf(states, 'w-1')).toEqual({
    queued: null,
    attempts: [{ number: 1, queued: at(0), claimed: at(3), start: at(4), end: at(9), worker: 'w-1', outcome: 'completed', message: null }],
  });
});

test('a lost worker and a failure that is tried again make attempts of their own, on the workers that had them', () => {
  const states = [
    state('SCHEDULED', 0),
    state('PENDING', 1, { message: 'Claimed by w-1.' }),
    state('RUNNING', 2),
    state('SCHEDULED', 5, { name: 'Requeued', message: 'The lease ended.' }),
    state('PENDING', 6, { message: 'Claimed by w-2.' }),
    state('RUNNING', 7),
    state('SCHEDULED', 8, { name: 'AwaitingRetry', due: 20 }),
    state('PENDING', 21, { message: 'Claimed by w-3.' }),
    state('RUNNING', 22),
  ];
  const { attempts, queued } = attemptsOf(states, 'w-3');
  expect(attempts.map(({ worker, outcome, queued, end }) => [worker, outcome, queued, end])).toEqual([
    ['w-1', 'lost', at(0), at(5)],
    ['w-2', 'retry', at(5), at(8)],
    ['w-3', 'running', at(20), null],
  ]);
  expect(queued).toBeNull();
});

test('a run that is named late has stood in the queue since it was due; one that is put off stands there from its new time', () => {
  const late = [state('SCHEDULED', 0, { due: 3 }), state('SCHEDULED', 15, { name: 'Late', due: 3 })];
  expect(attemptsOf(late, null).queued).toBe(at(3));
  expect(attemptsOf([...late, state('PENDING', 20)], null).attempts).toMatchObject([{ queued: at(3), claimed: at(20) }]);
  expect(attemptsOf([...late, state('SCHEDULED', 20, { due: 40 })], null).queued).toBe(at(40));
  expect(attemptsOf([state('SCHEDULED', 0, { due: 40 }), state('SCHEDULED', 20)], null).queued).toBe(at(20));
});

test('a run in the queue has no attempt, and one that was told to stop is not over before it has ended', () => {
  expect(attemptsOf([state('SCHEDULED', 0, { due: 30 })], null)).toEqual({ attempts: [], queued: at(30) });
  const stopped = [state('PENDING', 1), state('RUNNING', 2), state('CANCELLING', 3), state('CANCELLED', 4)];
  expect(attemptsOf(stopped, 'w').attempts).toMatchObject([{ end: at(4), outcome: 'cancelled', worker: 'w' }]);
});

test('a subflow, which nobody claims, runs from its first RUNNING', () => {
  expect(attemptsOf([state('PENDING', 1), state('RUNNING', 2), state('COMPLETED', 3)], null).attempts).toHaveLength(1);
  expect(attemptsOf([state('RUNNING', 2)], null).attempts).toMatchObject([{ claimed: at(2), start: at(2), worker: null }]);
});
