import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Lab, type LabWorker, startLab } from '../../../tests/support/lab.ts';
import { addUp, exits, failsAtFirst, neverRetried, overruns, returnsNothing, returnsTooMuch } from './fixtures/basic-flows.ts';

let lab: Lab;
let pool: string;
let worker: LabWorker;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
  pool = await lab.pool();
  worker = await lab.worker(pool);
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await lab.stop();
});

const namesOf = async (id: string) => (await lab.states(id)).map(({ name }) => name);

test('a flow completes on a worker, with its result, its log and its defaults filled in', async () => {
  const own = await lab.pool();
  await using its = await lab.worker(own, { loggingLevel: 'INFO' });
  const run = await lab.run(await lab.deploy(own, addUp), { a: 40 });
  expect(run).toMatchObject({ state_type: 'COMPLETED', run_count: 1, crash_count: 0, epoch: 1, worker_name: its.name });
  expect(await lab.result(run)).toEqual({ sum: 42 });
  const lines = await lab.client.request('POST /logs/filter', { body: { logs: { flow_run_id: { any_: [run.id] } } } });
  expect(lines.map(({ message }) => message)).toEqual(['adding a=40 b=2']);
  expect(await namesOf(run.id)).toEqual(['Scheduled', 'Pending', 'Running', 'Completed']);
});

test('a flow that returns nothing completes without a value', async () => {
  const run = await lab.run(await lab.deploy(pool, returnsNothing));
  expect(run.state).toMatchObject({ type: 'COMPLETED', data: { type: 'sluice/v1' } });
  expect(await lab.result(run)).toBeUndefined();
});

test('a result that is too large is a failure that says what to return instead', async () => {
  const run = await lab.run(await lab.deploy(pool, returnsTooMuch));
  expect(run.state?.type).toBe('FAILED');
  expect(run.state?.message).toMatch(/result of flow 'returns-too-much' has \d+ bytes; at most 524288 are stored/);
});

test('parameters that do not fit fail the run with all their faults', async () => {
  const name = await lab.deploy(pool, addUp, { name: 'unchecked' });
  const { id } = await lab.client.request('GET /deployments/name/{flow_name}/{deployment_name}', {
    params: { flow_name: 'add-up', deployment_name: 'unchecked' },
  });
  const body = { parameters: { a: 'many', b: false }, enforce_parameter_schema: false };
  const { id: run } = await lab.client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body });
  const { state } = await lab.ended(run);
  expect(state?.type).toBe('FAILED');
  expect(state?.message).toMatch(/The parameters of flow 'add-up' do not fit: a: .*number.*; b: .*number/);
  expect(name).toBe('add-up/unchecked');
});

test('code that does not load fails the run with the reason', async () => {
  const missing = await lab.deploy(pool, addUp, { name: 'missing', entrypoint: 'packages/sdk/test/fixtures/no-such-file.ts:addUp' });
  const broken = await lab.deploy(pool, addUp, { name: 'broken', entrypoint: 'packages/sdk/test/fixtures/broken-module.ts:anything' });
  const renamed = await lab.deploy(pool, addUp, { name: 'renamed', entrypoint: 'packages/sdk/test/fixtures/basic-flows.ts:oldName' });
  const [first, second, third] = await Promise.all([lab.run(missing, { a: 1 }), lab.run(broken, { a: 1 }), lab.run(renamed, { a: 1 })]);
  expect(first.state).toMatchObject({ type: 'FAILED', message: expect.stringContaining('no-such-file.ts') });
  expect(second.state).toMatchObject({ type: 'FAILED', message: 'the module could not be set up' });
  expect(third.state).toMatchObject({ type: 'FAILED', message: expect.stringContaining('basic-flows.ts exports no flow "oldName"') });
});

test('a flow that fails leaves its process and is tried again after the delay, by any worker', async () => {
  await using _second = await lab.worker(pool);
  const run = await lab.run(await lab.deploy(pool, failsAtFirst), { succeedAt: 3 });
  expect(run).toMatchObject({ state_type: 'COMPLETED', run_count: 3, crash_count: 0, epoch: 3 });
  const states = await lab.states(run.id);
  expect(states.map(({ name }) => name)).toEqual([
    'Scheduled',
    ...['Pending', 'Running', 'AwaitingRetry', 'Pending', 'Running', 'AwaitingRetry', 'Pending', 'Running', 'Completed'],
  ]);
  expect(states[3]).toMatchObject({ message: 'try 1 failed', data: { type: 'sluice/error', name: 'RangeError' } });
  expect(new Set(lab.marks(run.id).map(({ pid }) => pid)).size).toBe(3);
});

test('when all retries are used up the run has failed', async () => {
  const run = await lab.run(await lab.deploy(pool, failsAtFirst), { succeedAt: 9 });
  expect(run).toMatchObject({ state_type: 'FAILED', run_count: 3, state: { message: 'try 3 failed' } });
});

test('NonRetryable leaves the retries unused', async () => {
  const run = await lab.run(await lab.deploy(pool, neverRetried));
  expect(run).toMatchObject({ state_type: 'FAILED', run_count: 1, state: { message: 'the source is gone for good' } });
});

test('a flow that runs out of time has failed as TimedOut, though it ignores its signal', async () => {
  const run = await lab.run(await lab.deploy(pool, overruns));
  expect(run.state).toMatchObject({ type: 'FAILED', name: 'TimedOut', message: 'It took longer than 0.2 s.' });
});

test('a flow that ends its process is told of by its exit code, after three claims', async () => {
  const run = await lab.run(await lab.deploy(pool, exits), { code: 3 });
  expect(run).toMatchObject({ state_type: 'CRASHED', run_count: 1, crash_count: 3, epoch: 3, state: { message: 'Its process exited with code 3.' } });
  const requeued = (await lab.states(run.id)).filter(({ name }) => name === 'Requeued');
  expect(requeued.map(({ message }) => message)).toEqual([
    'Its process exited with code 3. Back in the queue: 2 of 3 claims are left.',
    'Its process exited with code 3. Back in the queue: 1 of 3 claims are left.',
  ]);
});

test('with one claim a lost process is the end', async () => {
  const run = await lab.run(await lab.deploy(pool, exits, { name: 'once', maxClaims: 1 }), { code: 0 });
  expect(run).toMatchObject({ state_type: 'CRASHED', crash_count: 1, epoch: 1, state: { message: 'Its process exited with code 0.' } });
});
