import { isRunning } from '@sluice/home/processes';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, startLab } from '../../../tests/support/lab.ts';
import { startWorkerProcess } from '../../../tests/support/worker-process.ts';
import { livesUntilKilled } from './fixtures/worker-flows.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
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
