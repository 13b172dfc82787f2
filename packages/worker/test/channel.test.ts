import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Lab, startLab } from '../../../tests/support/lab.ts';
import { startWorkerProcess } from '../../../tests/support/worker-process.ts';
import { closesTheLine, isRude, RUDENESS } from './fixtures/rude-flows.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
});
afterAll(() => lab.stop());

test.each(RUDENESS)('%s in a flow ends neither its worker nor its run before its time', async (how) => {
  const pool = await lab.pool();
  const name = await lab.deploy(pool, isRude);
  await using worker = await startWorkerProcess(lab, pool, { name: `of ${pool}`, graceSeconds: 1 });
  const { id } = await lab.start(name, { how, gateName: how });
  await lab.gates.arrived(how);
  expect((await lab.read(id)).state_type).toBe('RUNNING');
  lab.gates.open(how);
  const run = await lab.ended(id);
  expect(run).toMatchObject({ state_type: 'COMPLETED', epoch: 1, crash_count: 0 });
  expect(await lab.result(run)).toBe(how);
  // The worker is there for another one.
  expect((await lab.run(name, { how: 'nothing', gateName: how })).worker_name).toBe(worker.name);
});

test('a flow that closes the line to its worker is told of, and its worker lives', async () => {
  const pool = await lab.pool();
  await using worker = await startWorkerProcess(lab, pool, { name: `of ${pool}` });
  const run = await lab.run(await lab.deploy(pool, closesTheLine, { maxClaims: 1 }));
  expect(run.state).toMatchObject({ type: 'CRASHED', message: 'Its process closed the line to its worker, and was killed.' });
  const other = await lab.deploy(pool, isRude);
  lab.gates.open('well');
  expect(await lab.run(other, { how: 'nothing', gateName: 'well' })).toMatchObject({ state_type: 'COMPLETED', worker_name: worker.name });
});
