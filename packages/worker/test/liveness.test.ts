import type { FlowRun } from '@sluice/core/model/flow-run';
import { isRunning } from '@sluice/home/processes';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, shortLeases, startLab } from '../../../tests/support/lab.ts';
import { startWorkerProcess } from '../../../tests/support/worker-process.ts';
import { asksTwice, livesUntilKilled } from './fixtures/worker-flows.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab(inject('postgres'), shortLeases());
});
afterAll(() => lab.stop());

/** A run that has begun on a worker process which the test will harm, and another worker that is there for it afterwards. */
async function harmed(gateName: string) {
  const pool = await lab.pool();
  const stack = new AsyncDisposableStack();
  const first = stack.use(await startWorkerProcess(lab, pool, { name: `${gateName}-first` }));
  const { id } = await lab.start(await lab.deploy(pool, livesUntilKilled), { gateName });
  await lab.gates.arrived(gateName);
  const second = stack.use(await lab.worker(pool));
  const pid = lab.marks(id)[0]?.pid ?? 0;
  return { first, second, id, pid, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The run's two lives: the second began after the first was over. */
function expectOneAtATime(id: string): void {
  const marks = lab.marks(id);
  const lastOfFirst = Math.max(...marks.filter(({ epoch }) => epoch === 1).map(({ at }) => at));
  const second = marks.filter(({ epoch }) => epoch === 2);
  expect(second).toHaveLength(1);
  expect(second[0]?.at).toBeGreaterThan(lastOfFirst);
}

test('when a worker stands still, its flow process is killed before the lease ends, and another worker does the run', async () => {
  await using run = await harmed('stopped');
  process.kill(run.first.pid, 'SIGSTOP');
  await eventually(() => expect(isRunning(run.pid)).toBe(false));
  const ended = await lab.ended(run.id);
  expect(ended).toMatchObject({ state_type: 'COMPLETED', epoch: 2, crash_count: 1, run_count: 1, worker_name: run.second.name });
  expectOneAtATime(run.id);

  // Awake again, the worker finds its run lost and goes on with its life.
  process.kill(run.first.pid, 'SIGCONT');
  run.first.child.kill('SIGTERM');
  expect(await run.first.exited).toBe(0);
  expect((await lab.read(run.id)).state_id).toBe(ended.state_id);
});

test('when a worker is killed, its flow process is gone at once, and another worker does the run', async () => {
  await using run = await harmed('killed');
  process.kill(run.first.pid, 'SIGKILL');
  await eventually(() => expect(isRunning(run.pid)).toBe(false));
  expect(await lab.read(run.id)).toMatchObject({ state_type: 'RUNNING', epoch: 1 });
  expect(await lab.ended(run.id)).toMatchObject({ state_type: 'COMPLETED', epoch: 2, crash_count: 1, worker_name: run.second.name });
  expectOneAtATime(run.id);
  const requeued = (await lab.states(run.id)).find(({ name }) => name === 'Requeued');
  expect(requeued?.message).toBe('Its worker was silent for too long. Back in the queue: 2 of 3 claims are left.');
});

test('a run that is paused when its worker is killed asks again on another one, and what was answered before stays answered', async () => {
  const pool = await lab.pool();
  await using first = await startWorkerProcess(lab, pool, { name: 'paused-first' });
  const { id } = await lab.start(await lab.deploy(pool, asksTwice));
  const asks = async (key: string, epoch: number) => {
    const isThere = ({ state, epoch: now }: FlowRun) => state?.type === 'PAUSED' && state.state_details.pause_key === key && now === epoch;
    await lab.until(id, isThere);
    await eventually(() => lab.client.request('GET /flow_runs/{id}/input/{key}', { params: { id, key: `paused-${key}-schema` } }));
  };
  const answer = (value: number) => lab.client.request('POST /flow_runs/{id}/resume', { params: { id }, body: { run_input: { value } } });
  await asks('first', 1);
  expect(await answer(1)).toMatchObject({ status: 'ACCEPT' });
  await asks('second', 1);

  await using second = await lab.worker(pool);
  process.kill(first.pid, 'SIGKILL');
  await asks('second', 2);
  expect(await answer(2)).toMatchObject({ status: 'ACCEPT' });
  const ended = await lab.ended(id);
  expect(ended).toMatchObject({ state_type: 'COMPLETED', crash_count: 1, run_count: 2, worker_name: second.name });
  expect(await lab.result(ended)).toEqual({ first: { value: 1 }, second: { value: 2 }, attempt: 1 });
  expect(lab.marks(id).map(({ text }) => text)).toEqual(['begins', 'begins']);
});

test('a run that is resumed after its worker was killed, and before that is noticed, keeps the answer', async () => {
  const pool = await lab.pool();
  await using first = await startWorkerProcess(lab, pool, { name: 'resumed-first' });
  const { id } = await lab.start(await lab.deploy(pool, asksTwice));
  const isThere = (key: string) => (run: FlowRun) => run.state?.type === 'PAUSED' && run.state.state_details.pause_key === key;
  const schema = (key: string) =>
    eventually(() => lab.client.request('GET /flow_runs/{id}/input/{key}', { params: { id, key: `paused-${key}-schema` } }));
  const answer = (value: number) => lab.client.request('POST /flow_runs/{id}/resume', { params: { id }, body: { run_input: { value } } });
  await lab.until(id, isThere('first'));
  await schema('first');
  process.kill(first.pid, 'SIGKILL');
  // Its guard ends the run's process a moment later; until then that would take the answer itself.
  const [begun] = lab.marks(id);
  await eventually(() => expect(isRunning(begun?.pid ?? 0)).toBe(false));
  expect(await answer(1)).toMatchObject({ status: 'ACCEPT', state: { type: 'RUNNING' } });
  await using _second = await lab.worker(pool);
  expect(await lab.until(id, isThere('second'))).toMatchObject({ epoch: 2 });
  await schema('second');
  await answer(2);
  expect(await lab.result(await lab.ended(id))).toEqual({ first: { value: 1 }, second: { value: 2 }, attempt: 1 });
});
