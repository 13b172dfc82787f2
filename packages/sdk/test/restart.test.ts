import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Lab, type LabWorker, startLab } from '../../../tests/support/lab.ts';
import { child, childWithTask, leavesChild, oneAfterTheOther } from './fixtures/family-flows.ts';
import { sideBySide, threeSteps } from './fixtures/task-flows.ts';

let lab: Lab;
let pool: string;
let workers: LabWorker[];

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
  process.env['SLUICE_API_URL'] = lab.url;
  pool = await lab.pool();
  await Promise.all([lab.deploy(pool, child), lab.deploy(pool, childWithTask)]);
  workers = await Promise.all([1, 2].map(() => lab.worker(pool)));
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
  await lab.stop();
});

const marksOf = ({ id }: FlowRun) => lab.marks(id).map(({ text }) => text);
const taskRunsOf = ({ id }: Pick<FlowRun, 'id'>) =>
  lab.client.request('POST /task_runs/filter', { body: { task_runs: { flow_run_id: { any_: [id] } }, sort: 'EXPECTED_START_TIME_ASC' } });

const restart = (run: FlowRun, from_task_run_id: string | undefined) =>
  lab.client.request('POST /flow_runs/{id}/restart', { params: { id: run.id }, body: { from_task_run_id: from_task_run_id ?? '' } });

const refusal = (request: Promise<unknown>) =>
  request.then(
    () => 'not refused',
    (error) => (isSluiceError(error) ? [error.code, error.message] : error),
  );

test('a failed run is restarted from its second task: the first is kept, the second and the third run again', async () => {
  const run = await lab.run(await lab.deploy(pool, threeSteps), { failIn: 1 });
  expect(run.state_type).toBe('FAILED');
  const [, outer] = await taskRunsOf(run);
  const preview = await lab.client.request('GET /flow_runs/{id}/restart', { params: { id: run.id }, query: { from_task_run_id: outer?.id ?? '' } });
  expect(preview).toEqual({ task_runs: 3, flow_runs: 0 });
  expect(await restart(run, outer?.id)).toMatchObject({
    ...preview,
    state: { name: 'AwaitingRetry', message: `Restarted from task run '${outer?.name}'.` },
  });
  const again = await lab.ended(run.id);
  expect(await lab.result(again)).toBe(12);
  expect(again.run_count).toBe(2);
  expect(marksOf(run)).toEqual(['step 1', 'step 2', 'step 3', 'step 2', 'step 3']);
  expect((await taskRunsOf(run)).map(({ state_type }) => state_type)).toEqual(Array(4).fill('COMPLETED'));
});

test('a run that is COMPLETED is restarted too, and a task within another from that one on', async () => {
  const run = await lab.run(await lab.deploy(pool, threeSteps), { failIn: 0 });
  const inner = (await taskRunsOf(run))[2];
  await restart(run, inner?.id);
  const again = await lab.ended(run.id);
  expect(again).toMatchObject({ state_type: 'COMPLETED', run_count: 2 });
  expect(marksOf(run)).toEqual(['step 1', 'step 2', 'step 3', 'step 2', 'step 3']);
});

test('what ran beside a task is kept', async () => {
  const { id } = await lab.start(await lab.deploy(pool, sideBySide));
  await lab.gates.arrived('slow');
  lab.gates.open('slow');
  const run = await lab.ended(id);
  const step = (await taskRunsOf(run)).find(({ task_key }) => task_key === 'step');
  await restart(run, step?.id);
  expect((await lab.ended(id)).state_type).toBe('COMPLETED');
  expect(marksOf(run).sort()).toEqual(['slow', 'step 1', 'step 1', 'step 2', 'step 2']);
});

test('child flow runs behind the task run again under their own ids, with all of their tasks, and only when they are called', async () => {
  const run = await lab.run(await lab.deploy(pool, oneAfterTheOther), { pool });
  const [first, second, third] = await taskRunsOf(run);
  const children = [first, second, third].map((task) => task?.state?.state_details.child_flow_run_id ?? '');
  await restart(run, second?.id);
  const states = await Promise.all(children.map(async (each) => (await lab.read(each)).state));
  expect(states[0]).toMatchObject({ type: 'COMPLETED' });
  const again = await lab.ended(run.id);
  expect(again).toMatchObject({ state_type: 'COMPLETED' });
  expect((await Promise.all(children.map((each) => lab.read(each)))).map(({ run_count }) => run_count)).toEqual([1, 2, 2]);
  expect(children.map((each) => lab.marks(each).map(({ text }) => text))).toEqual([
    ['child 1', 'counted'],
    ['child 2', 'counted', 'child 2', 'counted'],
    ['child 3', 'counted', 'child 3', 'counted'],
  ]);
  const names = (await lab.states(children[2] ?? '')).map(({ name, message }) => [name, message]);
  expect(names).toContainEqual(['Cancelled', 'Thrown away: its parent was restarted.']);
  expect(names).toContainEqual(['AwaitingRetry', `Retried with its parent '${run.name}'.`]);
});

test('a child that goes on and would run again is in the way, and is named', async () => {
  const run = await lab.run(await lab.deploy(pool, leavesChild), { pool, gateName: 'left behind' });
  const [task] = await taskRunsOf(run);
  await lab.gates.arrived('left behind');
  const childId = task?.state?.state_details.child_flow_run_id;
  expect(await refusal(restart(run, task?.id))).toEqual([
    'CONFLICT',
    `'${run.name}' cannot be restarted. Its child flow run ${childId} would run again, and has not ended.`,
  ]);
  lab.gates.open('left behind');
  await lab.ended(childId ?? '');
  expect(await restart(run, task?.id)).toMatchObject({ flow_runs: 1 });
  expect((await lab.ended(run.id)).state_type).toBe('COMPLETED');
});

test('two restarts at once make one', async () => {
  const run = await lab.run(await lab.deploy(pool, threeSteps), { failIn: 9 });
  const [first] = await taskRunsOf(run);
  const answers = await Promise.all([refusal(restart(run, first?.id)), refusal(restart(run, first?.id))]);
  expect(answers.filter((answer) => answer === 'not refused')).toHaveLength(1);
  expect(answers.find((answer) => answer !== 'not refused')[0]).toBe('CONFLICT');
  expect((await lab.ended(run.id)).run_count).toBe(2);
});

test('a run that goes on, and a task run of another one, are told what to do', async () => {
  const [run, other] = await Promise.all([
    lab.run(await lab.deploy(pool, threeSteps), { failIn: 1 }),
    lab.run(await lab.deploy(pool, threeSteps), { failIn: 0 }),
  ]);
  const [theirs] = await taskRunsOf(other);
  expect(await refusal(restart(run, theirs?.id))).toEqual(['NOT_FOUND', `Task run ${theirs?.id} of flow run ${run.id} not found`]);
  const { id } = await lab.start(await lab.deploy(pool, child), { n: 1, gateName: 'open' });
  await lab.gates.arrived('open');
  const task = await lab.client.request('POST /task_runs/', { body: { flow_run_id: id, task_key: 't', dynamic_key: '0' } });
  const going = await lab.read(id);
  expect(await refusal(restart(going, task.id))).toEqual([
    'CONFLICT',
    `'${going.name}' cannot be restarted. It is Running: only a run that has ended can be restarted.`,
  ]);
  lab.gates.open('open');
  await lab.ended(id);
});
