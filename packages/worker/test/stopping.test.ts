import { isRunning } from '@sluice/home/processes';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { startHoldingProxy } from '../../../tests/support/holding-proxy.ts';
import { type Lab, shortLeases, startLab, workerOptions } from '../../../tests/support/lab.ts';
import { startWorkerProcess } from '../../../tests/support/worker-process.ts';
import { cleansUp, ignoresAll, restsLong, standsAt, waitsForStanding } from './fixtures/worker-flows.ts';
import { makeProject } from './support/project.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab(inject('postgres'), shortLeases());
});
afterAll(() => lab.stop());

test('a cancelled flow is told by its signal, cleans up, and is CANCELLED', async () => {
  const pool = await lab.pool();
  await using _worker = await lab.worker(pool);
  const { id } = await lab.start(await lab.deploy(pool, cleansUp), { gateName: 'cancelled' });
  await lab.gates.arrived('cancelled');
  await lab.cancel(id);
  await lab.gates.arrived('cancelled: cleaning up');
  expect((await lab.read(id)).state_type).toBe('CANCELLING');
  lab.gates.open('cancelled: cleaning up');
  expect((await lab.ended(id)).state).toMatchObject({ type: 'CANCELLED', message: 'The run was cancelled.' });
  expect(lab.marks(id).map(({ text }) => text)).toEqual(['cleaned up']);
});

test('a flow that ignores it is killed after the grace time, with all that it has started', async () => {
  const pool = await lab.pool();
  await using _worker = await lab.worker(pool, { graceSeconds: 0.3 });
  const { id } = await lab.start(await lab.deploy(pool, ignoresAll), { gateName: 'ignored' });
  await lab.gates.arrived('ignored');
  const { pid, text } = lab.marks(id)[0] ?? { pid: 0, text: '0' };
  expect([isRunning(pid), isRunning(Number(text))]).toEqual([true, true]);
  await lab.cancel(id);
  const run = await lab.ended(id);
  expect(run.state).toMatchObject({ type: 'CANCELLED', message: 'The run was cancelled; its process was killed after the grace time.' });
  await eventually(() => expect([isRunning(pid), isRunning(Number(text))]).toEqual([false, false]));
});

test('a run that is cancelled before it is claimed never starts; one that is cancelled as it starts is CANCELLED at once', async () => {
  const pool = await lab.pool();
  const name = await lab.deploy(pool, standsAt);
  const early = await lab.start(name, { gateName: 'early' });
  await lab.cancel(early.id);
  expect((await lab.ended(early.id)).state_type).toBe('CANCELLED');

  await using _worker = await lab.worker(pool);
  const starting = await lab.start(name, { gateName: 'starting' });
  await lab.until(starting.id, ({ state_type }) => state_type !== 'SCHEDULED');
  await lab.cancel(starting.id);
  const run = await lab.ended(starting.id);
  expect(run.state).toMatchObject({ type: 'CANCELLED', message: 'The run was cancelled.' });
});

test('a worker that is told to stop lets its run finish and takes no other', async () => {
  const pool = await lab.pool();
  await using worker = await startWorkerProcess(lab, pool, { name: 'drained' });
  const name = await lab.deploy(pool, standsAt);
  const running = await lab.start(name, { gateName: 'running' });
  await lab.gates.arrived('running');
  worker.child.kill('SIGTERM');
  const left = await lab.start(name, { gateName: 'left' });
  lab.gates.open('running');
  expect(await worker.exited).toBe(0);
  expect(await lab.read(running.id)).toMatchObject({ state_type: 'COMPLETED', epoch: 1 });
  expect(await lab.read(left.id)).toMatchObject({ state_type: 'SCHEDULED', epoch: 0 });
});

test('a parent that waits is handed back by a worker that stops, and goes on elsewhere', async () => {
  const pool = await lab.pool();
  const deployment = await lab.deploy(pool, standsAt);
  const first = await lab.worker(pool);
  const parent = await lab.start(await lab.deploy(pool, waitsForStanding), { deployment, gateName: 'child' });
  await lab.gates.arrived('child'); // the child has the parent's slot
  first.drain();
  const back = await lab.until(parent.id, ({ state_type }) => state_type === 'SCHEDULED');
  expect(back).toMatchObject({ run_count: 0, crash_count: 0, state: { message: 'Handed back: its worker is stopping.' } });
  lab.gates.open('child');
  await first.ended;

  await using second = await lab.worker(pool);
  const run = await lab.ended(parent.id);
  expect(run).toMatchObject({ state_type: 'COMPLETED', run_count: 1, crash_count: 0, epoch: 2, worker_name: second.name });
  expect(await lab.result(run)).toBe('COMPLETED');
  expect(lab.marks(parent.id)).toHaveLength(2);
  const children = await lab.client.request('POST /flow_runs/filter', { body: { flow_runs: { parent_flow_run_id: { any_: [parent.id] } } } });
  expect(children).toHaveLength(1);
});

test('a parent that comes to wait after its worker was told to stop is handed back too', async () => {
  const pool = await lab.pool();
  const deployment = await lab.deploy(await lab.pool(), standsAt); // of a pool that nobody serves
  const name = await lab.deploy(pool, waitsForStanding);
  const first = await lab.worker(pool);
  const { id } = await lab.start(name, { deployment, gateName: 'nobody' });
  await lab.until(id, ({ state_type }) => state_type !== 'SCHEDULED');
  first.drain();
  await first.ended;
  expect(await lab.read(id)).toMatchObject({ state_type: 'SCHEDULED', run_count: 0, crash_count: 0 });
});

test.each(['task', 'subflow', 'tag'] as const)(
  'a run that only waits, for another try or for a slot, is handed back at once by a worker that stops: %s',
  async (waitsFor) => {
    const pool = await lab.pool();
    if (waitsFor === 'tag') await lab.client.request('POST /concurrency_limits/', { body: { tag: 'never-free', concurrency_limit: 0 } });
    await using worker = await startWorkerProcess(lab, pool, { name: `of ${pool}` });
    const { id } = await lab.start(await lab.deploy(pool, restsLong), { waitsFor });
    await lab.gates.arrived(`rests: ${waitsFor}`);
    lab.gates.open(`rests: ${waitsFor}`);
    worker.child.kill('SIGTERM');
    expect(await worker.exited).toBe(0);
    const run = await lab.read(id);
    expect(run).toMatchObject({ state_type: 'SCHEDULED', run_count: 0, crash_count: 0, state: { message: 'Handed back: its worker is stopping.' } });
  },
);

const project = makeProject();
test('a run whose code is still loaded is handed back at once by a worker that stops', async () => {
  const pool = await lab.pool();
  project.save('flows.ts', "import { flow } from '@sluice/sdk';\nexport const starts = flow({ name: 'starts' }, () => 'started');\n");
  const name = await lab.deploy(pool, await project.flow('starts'), {}, project.path);
  const load = "import { gate } from '../../../../../tests/support/inside.ts';\nawait gate('still loading');\n";
  project.save('flows.ts', `${load}export const starts = 1;\n`);
  await using worker = await startWorkerProcess(lab, pool, { name: `of ${pool}` });
  const { id } = await lab.start(name);
  await lab.until(id, ({ state_type }) => state_type !== 'SCHEDULED');
  await lab.gates.arrived('still loading');
  worker.child.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  expect(await lab.read(id)).toMatchObject({ state_type: 'SCHEDULED', crash_count: 0, state: { message: 'Handed back: its worker is stopping.' } });
});

test('a worker that is cut off from its server stops when the leases of its runs are over, and another one takes them', async () => {
  const pool = await lab.pool();
  const proxy = await startHoldingProxy(lab.url);
  await using worker = await startWorkerProcess(lab, pool, {
    name: 'cut-off',
    api: { ...workerOptions(lab, pool, 'cut-off').api, api_url: proxy.url },
  });
  const { id } = await lab.start(await lab.deploy(pool, standsAt), { gateName: 'cut-off' });
  await lab.gates.arrived('cut-off');
  await proxy[Symbol.asyncDispose]();
  worker.child.kill('SIGTERM');
  expect(await worker.exited).toBe(0);
  await using _other = await lab.worker(pool);
  lab.gates.open('cut-off');
  expect((await lab.ended(id)).state_type).toBe('COMPLETED');
});
