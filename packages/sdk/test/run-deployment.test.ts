import type { FlowRun } from '@sluice/core/model/flow-run';
import { runDeployment, waitForFlowRuns } from '@sluice/sdk';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Lab, type LabWorker, startLab } from '../../../tests/support/lab.ts';
import {
  byName,
  callsNobody,
  callsSubflows,
  child,
  diesWithChildren,
  losesPatience,
  retriesChildren,
  startsAndLeaves,
  tellsOutcomes,
  waitsForOne,
  waitsInTask,
} from './fixtures/family-flows.ts';

let lab: Lab;
let pool: string;
let workers: LabWorker[];

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
  process.env['SLUICE_API_URL'] = lab.url;
  pool = await lab.pool();
  await lab.deploy(pool, child);
  workers = await Promise.all([1, 2].map(() => lab.worker(pool)));
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
  await lab.stop();
});

const childrenOf = ({ id }: FlowRun) =>
  lab.client.request('POST /flow_runs/filter', { body: { flow_runs: { parent_flow_run_id: { any_: [id] } }, sort: 'ID_DESC' } });

test('a parent waits for the run that it started, and has its result with its type', async () => {
  const run = await lab.run(await lab.deploy(pool, waitsForOne), { pool });
  expect(await lab.result(run)).toBe(42);
  const [its] = await childrenOf(run);
  expect(its).toMatchObject({ state_type: 'COMPLETED', parameters: { n: 21 } });
});

test('a deployment is named by its name too, and the run has the name and the tags that it was given', async () => {
  const run = await lab.run(await lab.deploy(pool, byName), { pool });
  expect(await lab.result(run)).toEqual([8, 'my-child', ['a']]);
});

test('a call of a deployment that is not there is a failed task run, and the parent may go on', async () => {
  const run = await lab.run(await lab.deploy(pool, callsNobody));
  expect(await lab.result(run)).toBe('There is no deployment "nobody/here".');
  const tasks = await lab.client.request('POST /task_runs/filter', { body: { flow_runs: { id: { any_: [run.id] } } } });
  expect(tasks).toMatchObject([{ state_type: 'FAILED', state: { message: 'There is no deployment "nobody/here".' } }]);
});

test('with a timeout of 0 the parent goes on at once', async () => {
  const run = await lab.run(await lab.deploy(pool, startsAndLeaves), { pool, gateName: 'left' });
  const [id, state] = (await lab.result(run)) as string[];
  expect(state).toBe('SCHEDULED');
  lab.gates.open('left');
  expect((await lab.ended(id ?? '')).state_type).toBe('COMPLETED');
});

test('a wait that runs out of time gives the runs back as they are, in their order', async () => {
  const run = await lab.run(await lab.deploy(pool, losesPatience), { pool, gateName: 'patience' });
  const children = (await childrenOf(run)).reverse();
  lab.gates.open('patience');
  const result = (await lab.result(run)) as [string, string][][];
  for (const runs of result) expect(runs.map(([id]) => id)).toEqual(children.map(({ id }) => id));
  expect(result[0]?.[1]?.[1]).toBe('COMPLETED');
  expect(result[0]?.[0]?.[1]).not.toBe('COMPLETED');
});

test('a failed child does not end the wait; its result throws FlowRunFailed', async () => {
  const run = await lab.run(await lab.deploy(pool, tellsOutcomes), { pool });
  expect(await lab.result(run)).toEqual([{ doubled: 0 }, ['FlowRunFailed', 'Failed']]);
  const [progress] = await lab.client.request('POST /flow_runs/progress', { body: { ids: [run.id] } });
  expect(progress).toMatchObject({ done: 2, total: 2 });
});

test('a parent that is killed and done again finds the children it made', async () => {
  const { id } = await lab.start(await lab.deploy(pool, diesWithChildren), { pool, gateName: 'found' });
  lab.gates.open('found');
  const run = await lab.ended(id);
  expect(run).toMatchObject({ state_type: 'COMPLETED', crash_count: 1, run_count: 1 });
  const children = await childrenOf(run);
  expect(children.map((each) => each.id).sort()).toEqual(((await lab.result(run)) as string[]).sort());
  expect(children).toHaveLength(3);
});

test('a parent that is tried again starts only its failed children again, under their own ids', async () => {
  const run = await lab.run(await lab.deploy(pool, retriesChildren), { pool });
  expect(run).toMatchObject({ state_type: 'COMPLETED', run_count: 2 });
  const children = await childrenOf(run);
  expect(new Set(children.map(({ id }) => id))).toEqual(new Set((await lab.result(run)) as string[]));
  expect(children.map(({ parameters, run_count }) => [parameters['n'], run_count]).sort()).toEqual([
    [0, 1],
    [1, 2],
    [2, 2],
  ]);
});

test('a task that waits for a child and is tried again runs the same child again', async () => {
  const run = await lab.run(await lab.deploy(pool, waitsInTask), { pool });
  const children = await childrenOf(run);
  expect(children).toHaveLength(1);
  expect(await lab.result(run)).toEqual([children[0]?.id, 6]);
  expect(children[0]?.run_count).toBe(2);
});

test("a subflow runs in its parent's process, its state stands on the parent's task, and it is not run again once it has completed", async () => {
  const run = await lab.run(await lab.deploy(pool, callsSubflows), {});
  expect(await lab.result(run)).toEqual([6, 'RangeError', 'the subflow failed']);
  const children = await childrenOf(run);
  const [good, bad] = ['sub', 'bad-sub'].map((name) =>
    children.find(({ name: its, idempotency_key }) => its && idempotency_key?.includes(` ${name} `)),
  );
  expect(good).toMatchObject({ state_type: 'COMPLETED', run_count: 1 });
  expect(bad).toMatchObject({ state_type: 'FAILED' });
  const tasks = await lab.client.request('POST /task_runs/filter', { body: { flow_runs: { id: { any_: [run.id] } } } });
  expect(tasks.map(({ task_key, state_type }) => [task_key, state_type]).sort()).toEqual([
    ['bad-sub', 'FAILED'],
    ['sub', 'COMPLETED'],
  ]);
  expect(tasks.find(({ task_key }) => task_key === 'sub')?.state?.state_details.child_flow_run_id).toBe(good?.id);
  expect(lab.marks(good?.id).map(({ text }) => text)).toEqual(['sub 5']);
});

test('outside of a flow a deployment is run and waited for in the same words', async () => {
  const run = await runDeployment(child.deployment(pool), { n: 8 });
  expect(await run.result()).toEqual({ doubled: 16 });
  const [same] = await waitForFlowRuns([run.id]);
  expect(same?.flow_run.state_type).toBe('COMPLETED');
  await expect(runDeployment('child/none', {})).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'There is no deployment "child/none".' });
  await expect(waitForFlowRuns(['00000000-0000-0000-0000-000000000000'])).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
