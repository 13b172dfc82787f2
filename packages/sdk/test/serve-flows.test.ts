import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findDeployment } from '@sluice/client';
import { nodeFlags } from '@sluice/core/process/programs';
import { deploy, flow, serve, task } from '@sluice/sdk';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, startLab } from '../../../tests/support/lab.ts';

const PROGRAM = fileURLToPath(new URL('./fixtures/served-flows.ts', import.meta.url));

let lab: Lab;
beforeAll(async () => {
  lab = await startLab(inject('postgres'));
});
afterAll(() => lab.stop());

const open = new Map<ChildProcess, Promise<unknown>>();
afterEach(async () => {
  for (const child of open.keys()) child.kill('SIGTERM');
  await Promise.all(open.values());
  open.clear();
});

/** A process that serves the flows of the fixture, as soon as its deployments are there. */
async function startServing(deployment: string, ...args: string[]) {
  const child = spawn(process.execPath, [...nodeFlags(PROGRAM), PROGRAM, ...args], {
    env: { ...process.env, SLUICE_API_URL: lab.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code, signal]) => signal ?? code);
  open.set(child, ended);
  // What it says when all is ready; a program that fails says nothing.
  await Promise.race([once(child.stdout, 'data'), ended.then((how) => Promise.reject(new Error(`It ended: ${how}`)))]);
  child.stdout.resume();
  return { child, ended, deployment: await findDeployment(lab.client, deployment) };
}

test('a flow serves itself: what its deployment is asked for runs in a process of its own, and its schedules rest when it stops', async () => {
  const { child, ended, deployment } = await startServing('sum/by-itself', 'one');
  expect(deployment).toMatchObject({ work_pool_name: null, paused: false, tags: ['served'], parameters: { a: 1 }, schedules: [{ active: true }] });
  const run = await lab.run('sum/by-itself', { b: 5 });
  expect(run).toMatchObject({ state_type: 'COMPLETED', epoch: 1, deployment_id: deployment.id });
  expect(await lab.result(run)).toBe(6);
  expect(await lab.log(run)).toContain('adds up');
  const [marked] = lab.marks(run.id);
  expect(marked).toMatchObject({ worker: expect.stringContaining(String(child.pid)) });
  expect(marked?.pid).not.toBe(child.pid);
  child.kill('SIGTERM');
  expect(await ended).toBe('SIGTERM');
  expect(await findDeployment(lab.client, 'sum/by-itself')).toMatchObject({ paused: true });
  // Served again, it is not paused.
  const again = await startServing('sum/by-itself', 'one');
  expect(again.deployment).toMatchObject({ id: deployment.id, paused: false });
});

test('one program serves several flows, each run once: parameters are checked, and a failure is tried again', async () => {
  await startServing('sum/served');
  const started = await Promise.all([
    lab.start('sum/served'),
    lab.start('sum/served', { a: 'no' }).catch((error) => error),
    lab.start('twice/served'),
  ]);
  const [sum, refused, twice] = started;
  expect(refused).toMatchObject({ code: 'PARAMETERS_INVALID' });
  expect(await lab.result(await lab.ended(sum.id))).toBe(21);
  expect(await lab.ended(twice.id)).toMatchObject({ state_type: 'COMPLETED', run_count: 2, epoch: 2 });
  expect(new Set(lab.marks(twice.id).map(({ pid }) => pid)).size).toBe(2);
});

test('of many runs no more than its limit are under way', async () => {
  await startServing('stands served/served');
  const runs = await Promise.all(['a', 'b', 'c'].map((name) => lab.start('stands served/served', { name })));
  await eventually(() => expect(runs.flatMap(({ id }) => lab.marks(id))).toHaveLength(2));
  const types = async () => (await Promise.all(runs.map(({ id }) => lab.read(id)))).map(({ state_type }) => state_type).sort();
  expect(await types()).toEqual(['RUNNING', 'RUNNING', 'SCHEDULED']);
  for (const name of ['a', 'b', 'c']) lab.gates.open(name);
  for (const { id } of runs) expect((await lab.ended(id)).state_type).toBe('COMPLETED');
});

test('when it is stopped its runs are cancelled, and their processes are gone', async () => {
  const { child, ended } = await startServing('stands served/served');
  const { id } = await lab.start('stands served/served', { name: 'stopped' });
  await lab.gates.arrived('stopped');
  child.kill('SIGTERM');
  expect(await ended).toBe('SIGTERM');
  expect(await lab.read(id)).toMatchObject({ state_type: 'CANCELLED', state: { message: 'Stopped by SIGTERM.' } });
  const [{ pid = 0 } = {}] = lab.marks(id);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('a run that is cancelled stops, and one whose process is gone has crashed, of which its hook hears in the program that serves it', async () => {
  const { child } = await startServing('stands served/served');
  const { id } = await lab.start('stands served/served', { name: 'cancelled' });
  await lab.gates.arrived('cancelled');
  await lab.cancel(id);
  expect(await lab.ended(id)).toMatchObject({ state_type: 'CANCELLED' });
  const gone = await lab.run('exits/served');
  expect(gone).toMatchObject({ state_type: 'CRASHED', state: { message: 'Its process ended with exit code 7 before the run had ended.' } });
  await eventually(() => expect(lab.marks(gone.id)).toMatchObject([{ text: 'CRASHED CRASHED', pid: child.pid }]));
});

test('a flow that ignores its cancellation is ended after the grace time, and its hook is called', async () => {
  process.env['SLUICE_GRACE_SECONDS'] = '1';
  await startServing('ignores/served').finally(() => delete process.env['SLUICE_GRACE_SECONDS']);
  const { id } = await lab.start('ignores/served');
  await eventually(() => expect(lab.marks(id)).toHaveLength(1));
  await lab.cancel(id);
  expect(await lab.ended(id)).toMatchObject({ state_type: 'CANCELLED' });
  await eventually(() => expect(lab.marks(id).map(({ text }) => text)).toEqual(['ignores', 'ignored']));
});

test('a run that is suspended leaves its process, and goes on in another one', async () => {
  await startServing('asks/served');
  const { id } = await lab.start('asks/served');
  await lab.until(id, ({ state_type }) => state_type === 'PAUSED');
  // What it asks for is stored after it is paused.
  const resume = () => lab.client.request('POST /flow_runs/{id}/resume', { params: { id }, body: { run_input: { word: 'yes' } } });
  await eventually(async () => expect(await resume()).toMatchObject({ status: 'ACCEPT' }));
  expect(await lab.result(await lab.ended(id))).toBe('yes');
});

test('a program that does not come to serve() when it is started for a run is told as the reason', async () => {
  await startServing('sum/served', 'never arrives');
  const run = await lab.run('sum/served');
  expect(run.state).toMatchObject({ type: 'CRASHED', message: expect.stringMatching(/exit code 3 .* never came to serve\(\)/) });
});

const nothing = flow({ name: 'nothing' }, () => {});
test.each([
  ['what a worker is told', [deploy(nothing, { name: 'x', pool: 'p', memory: 5 })], /takes no pool, memory/],
  ['two of one name', [deploy(nothing, { name: 'x' }), deploy(nothing, { name: 'x' })], /two deployments 'nothing\/x'/],
  ['a task beside it', [deploy(nothing, { name: 'x' }), task({ name: 't' }, async () => 1)], /takes tasks, or deployments/],
])('a deployment with %s is not served', async (_, what, message) => {
  await expect(serve(what as never)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringMatching(message), hint: expect.any(String) });
});
