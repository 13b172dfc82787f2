import { secondsBetween } from '@sluice/core/lib/time';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Lab, type LabWorker, startLab } from '../../../tests/support/lab.ts';
import {
  failsByTimeout,
  failsInTheMiddle,
  givesUpAtOnce,
  jitters,
  killedInTheMiddle,
  leavesTaskBehind,
  lostThenFails,
  mapped,
  nested,
  neverEnds,
  overrunsInTask,
  retriesTask,
  sameAndOther,
  taskOverruns,
  withoutCheckpoint,
} from './fixtures/task-flows.ts';

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

const marksOf = ({ id }: FlowRun) => lab.marks(id).map(({ text }) => text);
const taskRunsOf = ({ id }: FlowRun) =>
  lab.client.request('POST /task_runs/filter', { body: { flow_runs: { id: { any_: [id] } }, sort: 'EXPECTED_START_TIME_ASC' } });
const delaysOf = async (run: FlowRun) => {
  const [taskRun] = await taskRunsOf(run);
  const states = await lab.client.request('GET /task_run_states/', { query: { task_run_id: taskRun?.id ?? '' } });
  const retries = states.filter(({ name }) => name === 'AwaitingRetry');
  return retries.map(({ timestamp, state_details }) => secondsBetween(timestamp, state_details.scheduled_time ?? ''));
};

test('a flow that is tried again takes the results of its finished tasks and runs only the rest', async () => {
  const run = await lab.run(await lab.deploy(pool, failsInTheMiddle));
  expect(await lab.result(run)).toBe(12);
  expect(marksOf(run)).toEqual(['step 1', 'step 2', 'step 3']);
  expect((await taskRunsOf(run)).map(({ state_type, run_count }) => [state_type, run_count])).toEqual(Array(3).fill(['COMPLETED', 1]));
});

test('a task without checkpoint runs again', async () => {
  const run = await lab.run(await lab.deploy(pool, withoutCheckpoint));
  expect(await lab.result(run)).toBe(2);
  expect(marksOf(run)).toEqual(['step 1', 'step 1']);
  expect(await taskRunsOf(run)).toHaveLength(1);
});

test('the same input twice is two task runs, and another input in another try is another one', async () => {
  const run = await lab.run(await lab.deploy(pool, sameAndOther));
  expect(marksOf(run).sort()).toEqual(['step 1', 'step 1', 'step 2', 'step 3']);
  expect(new Set((await taskRunsOf(run)).map(({ dynamic_key }) => dynamic_key)).size).toBe(4);
});

test('a killed process goes back to the queue and goes on from its checkpoints: a crash, and no retry', async () => {
  const run = await lab.run(await lab.deploy(pool, killedInTheMiddle), { lives: 2 });
  expect(run).toMatchObject({ state_type: 'COMPLETED', run_count: 1, crash_count: 1, epoch: 2 });
  expect(await lab.result(run)).toBe('alive');
  expect(marksOf(run)).toEqual(['step 1', 'risky', 'risky']);
  const requeued = (await lab.states(run.id)).find(({ name }) => name === 'Requeued');
  expect(requeued?.message).toBe('Its process was ended by SIGKILL. Back in the queue: 2 of 3 claims are left.');
});

test('a run whose process is killed in every life is CRASHED after three claims, with the signal', async () => {
  const run = await lab.run(await lab.deploy(pool, killedInTheMiddle), { lives: 9 });
  expect(run).toMatchObject({ state_type: 'CRASHED', crash_count: 3, run_count: 1, state: { message: 'Its process was ended by SIGKILL.' } });
  expect(marksOf(run)).toEqual(['step 1', 'risky', 'risky', 'risky']);
});

test('a lost process uses up no retry of its task', async () => {
  const run = await lab.run(await lab.deploy(pool, lostThenFails));
  expect(await lab.result(run)).toBe('good');
  expect(marksOf(run)).toHaveLength(3);
});

test('a flow that is cancelled as it starts tasks is CANCELLED at once, whoever is told of it first', async () => {
  const { id } = await lab.start(await lab.deploy(pool, neverEnds));
  await lab.until(id, ({ state_type }) => state_type === 'RUNNING');
  await lab.cancel(id);
  expect((await lab.ended(id)).state).toMatchObject({ type: 'CANCELLED', message: 'The run was cancelled.' });
});

test('a task is tried again in its process, after a delay of its own for each try', async () => {
  const run = await lab.run(await lab.deploy(pool, retriesTask));
  expect(await lab.result(run)).toBe(4);
  expect(await delaysOf(run)).toEqual([0.05, 0.15, 0.15]);
  expect(await taskRunsOf(run)).toMatchObject([{ run_count: 4, state_type: 'COMPLETED' }]);
});

test('jitter makes a delay longer by at most its share', async () => {
  const [delay] = await delaysOf(await lab.run(await lab.deploy(pool, jitters)));
  expect(delay).toBeGreaterThanOrEqual(0.1);
  expect(delay).toBeLessThanOrEqual(0.15);
});

test('retryIf ends the retries', async () => {
  const run = await lab.run(await lab.deploy(pool, givesUpAtOnce));
  expect(run.state).toMatchObject({ type: 'FAILED', message: 'try 1' });
  expect(marksOf(run)).toEqual(['unlucky']);
});

test('a task that runs out of time fails as TimedOut, though it ignores its signal, and the flow goes on', async () => {
  const run = await lab.run(await lab.deploy(pool, taskOverruns));
  expect(await lab.result(run)).toEqual({ name: 'TimedOut', flowStops: false });
  expect(await taskRunsOf(run)).toMatchObject([{ state_type: 'FAILED', state_name: 'TimedOut' }]);
});

test('a flow that runs out of time stops its tasks; one that fails by the timeout of a task has just failed', async () => {
  const [overrun, failed] = await Promise.all([
    lab.run(await lab.deploy(pool, overrunsInTask), { name: 'overrun' }),
    lab.run(await lab.deploy(pool, failsByTimeout)),
  ]);
  expect(overrun).toMatchObject({ state_type: 'FAILED', state_name: 'TimedOut' });
  expect(await taskRunsOf(overrun)).toMatchObject([{ state_type: 'CANCELLED', state: { message: 'It took longer than 0.2 s.' } }]);
  expect(failed).toMatchObject({ state_type: 'FAILED', state_name: 'Failed', state: { message: 'It took longer than 0.02 s.' } });
});

test('a flow that fails ends after the tasks that it has submitted', async () => {
  const { id } = await lab.start(await lab.deploy(pool, leavesTaskBehind), { name: 'behind' });
  await lab.gates.arrived('behind');
  expect((await lab.read(id)).state_type).toBe('RUNNING');
  lab.gates.open('behind');
  const run = await lab.ended(id);
  expect(run.state).toMatchObject({ type: 'FAILED', message: 'the flow went wrong' });
  expect(marksOf(run)).toEqual(['slow is done']);
  expect(await taskRunsOf(run)).toMatchObject([{ state_type: 'COMPLETED' }]);
});

test('what a task called in one try stands when it is tried again', async () => {
  const run = await lab.run(await lab.deploy(pool, nested));
  expect(await lab.result(run)).toBe(10);
  expect(marksOf(run)).toEqual(['step 5']);
});

test('a map tells the outcome of each input', async () => {
  const run = await lab.run(await lab.deploy(pool, mapped));
  expect(await lab.result(run)).toEqual(['completed', 'failed', 'completed']);
});
