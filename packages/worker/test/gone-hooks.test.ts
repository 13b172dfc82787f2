import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, type LabWorker, startLab } from '../../../tests/support/lab.ts';
import { blocks, exits, hookExits, hookNeverEnds, isKilled, neverHears } from './fixtures/gone-flows.ts';

let lab: Lab;
let pool: string;
let worker: LabWorker;

beforeAll(async () => {
  lab = await startLab(inject('postgres'), { api_key: 'key-of-the-server' });
  pool = await lab.pool();
  worker = await lab.worker(pool, { graceSeconds: 1, loggingLevel: 'ERROR' });
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await lab.stop();
});

const textsOf = (id: string) => lab.marks(id).map(({ text }) => text);
const logged = (run: { readonly id: string }, text: string) => eventually(async () => expect((await lab.log(run)).join('\n')).toContain(text));

test('a run whose process is killed has its onCrashed hooks called by another process, once no claim is left; one that fails is logged', async () => {
  const { id } = await lab.start(await lab.deploy(pool, isKilled, { maxClaims: 2 }), { gateName: 'killed' });
  for (const claims of [1, 2]) {
    await lab.gates.arrived('killed', claims);
    process.kill(lab.marks(id).at(-1)?.pid ?? 0, 'SIGKILL');
  }
  const run = await lab.ended(id);
  expect(run).toMatchObject({ state_type: 'CRASHED', crash_count: 2, epoch: 2 });
  await logged(run, 'told of CRASHED');
  expect(textsOf(id)).toEqual(['stands', 'stands', 'is-killed CRASHED CRASHED']);
  expect(new Set(lab.marks(id).map(({ pid }) => pid)).size).toBe(3);
  expect(lab.marks(id).at(-1)).toMatchObject({ epoch: 2, worker: worker.name });
  await logged(run, "The onCrashed hook 'breaks' failed: Error: the hook is broken");
  expect((await lab.read(id)).state_id).toBe(run.state_id);
});

test('so has one whose code calls process.exit', async () => {
  const run = await lab.run(await lab.deploy(pool, exits, { maxClaims: 1 }));
  await eventually(() => expect(textsOf(run.id)).toEqual(['exits CRASHED CRASHED']));
});

test('a run that was cancelled and killed after the grace time has its onCancellation hook called', async () => {
  const { id } = await lab.start(await lab.deploy(pool, neverHears), { gateName: 'deaf' });
  await lab.gates.arrived('deaf');
  await lab.cancel(id);
  expect((await lab.ended(id)).state?.message).toContain('was killed after the grace time');
  await eventually(() => expect(textsOf(id)).toEqual(['never-hears CANCELLED CANCELLED']));
});

test('a run that was killed at the end of its time has its onFailure hook called', async () => {
  const run = await lab.run(await lab.deploy(pool, blocks));
  expect(run).toMatchObject({ state_type: 'FAILED', state_name: 'TimedOut' });
  await eventually(() => expect(textsOf(run.id)).toEqual(['blocks FAILED FAILED']));
});

test('a hook that never ends is ended after the grace time, and one that ends its process is told of; the worker goes on', async () => {
  const late = await lab.run(await lab.deploy(pool, hookNeverEnds, { maxClaims: 1 }));
  await logged(late, 'Not all hooks of the state Crashed were called. They took longer than 1 s.');
  const ended = await lab.run(await lab.deploy(pool, hookExits, { maxClaims: 1 }));
  await logged(ended, 'Not all hooks of the state Crashed were called. Its process exited with code 4.');
  expect((await lab.read(late.id)).state_id).toBe(late.state_id);
  const { id } = await lab.run(await lab.deploy(pool, exits, { maxClaims: 1 }));
  await eventually(() => expect(textsOf(id)).toHaveLength(1));
});
