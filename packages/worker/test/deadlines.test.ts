import type { FlowRun } from '@sluice/core/model/flow-run';
import type { Flow } from '@sluice/sdk';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Lab, startLab } from '../../../tests/support/lab.ts';
import { catches, comesBackLate, endsAfterItsTask, failsBesideATask, failsLate, inATask, neverTurns, triesAgain } from './fixtures/late-flows.ts';

let lab: Lab;
let pool: string;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
  pool = await lab.pool();
});
afterAll(() => lab.stop());

const taskStates = async ({ id }: FlowRun) => {
  const runs = await lab.client.request('POST /task_runs/filter', { body: { flow_runs: { id: { any_: [id] } } } });
  return runs.map(({ state_type, state_name }) => [state_type, state_name]);
};
const TIMED_OUT = { type: 'FAILED', name: 'TimedOut', message: 'It took longer than 0.2 s.' };

test.each<[string, Flow<unknown, unknown, unknown>]>([
  ['with a value', comesBackLate],
  ['with an error', failsLate],
  ['because of a task that it does not wait for', endsAfterItsTask],
])('a flow that comes back too late, %s, has timed out', async (_how, flow) => {
  await using _worker = await lab.worker(pool);
  const run = await lab.run(await lab.deploy(pool, flow));
  expect(run).toMatchObject({ state: TIMED_OUT, crash_count: 0 });
});

test('a flow that has failed beside a task that never ends is over with its time, as it failed', async () => {
  await using _worker = await lab.worker(pool);
  const run = await lab.run(await lab.deploy(pool, failsBesideATask));
  expect(run).toMatchObject({ state: { type: 'FAILED', name: 'Failed', message: 'boom' }, crash_count: 0 });
});

test('a flow that blocks its event loop is ended from outside at its deadline, and its retries count as for any timeout', async () => {
  await using _worker = await lab.worker(pool);
  const run = await lab.run(await lab.deploy(pool, neverTurns));
  expect(run).toMatchObject({ state: TIMED_OUT, run_count: 2, crash_count: 0 });
  expect(lab.marks(run.id).map(({ text }) => text)).toEqual(['try 1', 'try 2']);
  expect(await lab.log(run)).toContain('It took longer than 0.2 s. Its process was killed.');
});

test('its tasks end with it', async () => {
  await using _worker = await lab.worker(pool);
  const run = await lab.run(await lab.deploy(pool, inATask));
  expect(run.state).toMatchObject(TIMED_OUT);
  for (const [type] of await taskStates(run)) expect(['FAILED', 'CRASHED', 'CANCELLED']).toContain(type);
});

test.each(['task', 'flow'] as const)(
  'a %s that comes back too late has timed out, and the flow that called it is told and goes on',
  async (calls) => {
    await using _worker = await lab.worker(pool);
    const run = await lab.run(await lab.deploy(pool, catches), { calls, ms: 400 });
    expect(run.state_type).toBe('COMPLETED');
    expect(await lab.result(run)).toBe('It took longer than 0.2 s.');
    expect(await taskStates(run)).toEqual([['FAILED', 'TimedOut']]);
  },
);

test.each([
  ['task', "Its task 'short' took longer than 0.2 s, and blocked the event loop of its process."],
  ['flow', "Its subflow run 'short' took longer than 0.2 s, and blocked the event loop of its process."],
] as const)('a %s that blocks its event loop ends the flow after the grace time', async (calls, message) => {
  await using _worker = await lab.worker(pool, { graceSeconds: 0.5 });
  const run = await lab.run(await lab.deploy(pool, catches), { calls, ms: null });
  expect(run).toMatchObject({ state: { type: 'FAILED', name: 'TimedOut', message }, crash_count: 0 });
});

describe('a task whose process is killed at its deadline', () => {
  const HUNG = /^Its task 'hanging-[\w-]+' took longer than 0\.2 s, and blocked the event loop of its process\.$/;
  async function tried(parameters: { hangs: number; retries: number; asks: boolean }) {
    await using _worker = await lab.worker(pool, { graceSeconds: 0.5 });
    const run = await lab.run(await lab.deploy(pool, triesAgain), parameters);
    return { run, states: await taskStates(run), marks: lab.marks(run.id).map(({ text }) => text) };
  }

  test('is tried again as its own retries say, and what its run had done stays done', async () => {
    const { run, states, marks } = await tried({ hangs: 2, retries: 2, asks: false });
    expect(await lab.result(run)).toEqual(['before', 'done']);
    expect(run).toMatchObject({ state_type: 'COMPLETED', run_count: 1, crash_count: 0, epoch: 3 });
    expect(marks).toEqual(['once', 'try', 'try', 'try']);
    expect(states).toEqual([
      ['COMPLETED', 'Completed'],
      ['COMPLETED', 'Completed'],
    ]);
  });

  test.each([
    ['has no tries left', { hangs: 2, retries: 1, asks: false }, ['once', 'try', 'try'], 'FAILED'],
    ['asks its own code before a retry', { hangs: 1, retries: 1, asks: true }, ['once', 'try'], 'CANCELLED'],
  ])('ends its run when it %s', async (_why, parameters, expected, end) => {
    const { run, states, marks } = await tried(parameters);
    expect(run).toMatchObject({ state: { type: 'FAILED', name: 'TimedOut', message: expect.stringMatching(HUNG) }, crash_count: 0 });
    expect(marks).toEqual(expected);
    expect(states.map(([type]) => type).sort()).toEqual(['COMPLETED', end].sort());
  });
});
