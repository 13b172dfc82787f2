import { startWorker } from '@sluice/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { addUp } from '../packages/sdk/test/fixtures/basic-flows.ts';
import { threeSteps } from '../packages/sdk/test/fixtures/task-flows.ts';
import { standsAt } from '../packages/worker/test/fixtures/worker-flows.ts';
import { eventually } from './support/eventually.ts';
import { type Lab, startLab, workerOptions } from './support/lab.ts';
import { type Recorder, startRecorder } from './support/recorder.ts';

/* A worker of ours on a server that has Prefect's routes only. */

let lab: Lab;
let prefect: Recorder;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
  prefect = await startRecorder(lab.url, { asPrefect: true });
});
afterAll(async () => {
  await prefect[Symbol.asyncDispose]();
  await lab.stop();
});

async function start() {
  const pool = await lab.pool();
  const worker = await startWorker({ ...workerOptions({ url: prefect.url, home: lab.home }, pool, `w-${pool}`), beatSeconds: 10 });
  return {
    pool,
    [Symbol.asyncDispose]: async () => {
      worker.drain();
      await worker.ended;
    },
  };
}

test('it polls for runs, runs them with their tasks, and asks for no route that such a server lacks', async () => {
  await using worker = await start();
  const run = await lab.run(await lab.deploy(worker.pool, addUp), { a: 1 });
  expect([run.state_type, await lab.result(run)]).toEqual(['COMPLETED', { sum: 3 }]);
  const other = await lab.run(await lab.deploy(worker.pool, threeSteps), { failIn: 0 });
  expect(other.state_type).toBe('COMPLETED');
  expect(prefect.asked).toContain(`POST /api/work_pools/${worker.pool}/get_scheduled_flow_runs`);
  expect(prefect.asked).toContain(`POST /api/work_pools/${worker.pool}/workers/heartbeat`);
  expect(prefect.asked.filter((asked) => /\/(claim|beat|step|wait)$/.test(asked))).toEqual([]);
});

test('a run that is cancelled is stopped', async () => {
  await using worker = await start();
  const { id } = await lab.start(await lab.deploy(worker.pool, standsAt), { gateName: 'nobody opens it' });
  await lab.until(id, ({ state_type }) => state_type === 'RUNNING');
  await eventually(() => expect(lab.marks(id).length).toBeGreaterThan(0));
  await lab.cancel(id);
  expect((await lab.ended(id)).state_type).toBe('CANCELLED');
});
