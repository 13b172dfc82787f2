import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '@sluice/core/process/programs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { startHoldingProxy } from '../../../tests/support/holding-proxy.ts';
import { type Lab, startLab } from '../../../tests/support/lab.ts';
import { seconds, stretched } from '../../../tests/support/patience.ts';

/* A flow that a program calls itself, without a worker. The program is told the home alone: the server's port is a free one. */

const SCRIPT = fileURLToPath(new URL('./fixtures/script.ts', import.meta.url));

/** A script holds its lease itself, so nothing else stands in its way. */
const LEASE_SECONDS = 2;
let lab: Lab;
beforeAll(async () => {
  lab = await startLab(inject('postgres'), { lease_seconds: stretched(LEASE_SECONDS) });
});
afterAll(() => lab.stop());

const runScript = (...args: string[]) => runScriptAt({}, ...args);

function runScriptAt(at: NodeJS.ProcessEnv, ...args: string[]) {
  const { SLUICE_API_URL: _, PREFECT_API_URL: __, ...env } = process.env;
  const child = spawn(process.execPath, [...nodeFlags(SCRIPT), SCRIPT, ...args], {
    env: { ...env, SLUICE_HOME: lab.home, ...at },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = Promise.all([text(child.stdout), once(child, 'exit')]).then(([said, [code, signal]]) => ({
    said: said.trim().split('\n').at(-1),
    how: signal ?? code,
  }));
  return { child, ended };
}

/** The run of a script that has come to this gate. */
async function standing(gateName: string, what = 'stands') {
  const script = runScript(what, gateName);
  await lab.gates.arrived(gateName);
  const id = lab.marks().at(-1)?.flow_run_id ?? '';
  return { ...script, id };
}

const tasksOf = async (id: string) => {
  const tasks = await lab.client.request('POST /task_runs/filter', { body: { flow_runs: { id: { any_: [id] } } } });
  return tasks.map(({ state_type }) => state_type);
};

test('a script finds the server of its home, and its run is held by its process', async () => {
  const { id, ended } = await standing('finds');
  expect(await lab.read(id)).toMatchObject({ state_type: 'RUNNING', epoch: 1, deployment_id: null });
  lab.gates.open('finds');
  expect(await ended).toEqual({ said: '1', how: 0 });
  expect(await lab.read(id)).toMatchObject({ state_type: 'COMPLETED', epoch: 1 });
});

test('a script that is killed leaves a run that has crashed, and its task runs with it', async () => {
  const { id, child } = await standing('killed');
  child.kill('SIGKILL');
  const run = await eventually(async () => {
    const now = await lab.read(id);
    expect(now.state_type).toBe('CRASHED');
    return now;
  });
  expect(run).toMatchObject({ crash_count: 1, state: { message: expect.stringMatching(/silent for too long/) } });
  expect(await tasksOf(id)).toEqual(['CRASHED']);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('a script that is stopped by %s cancels its run and ends by that signal', async (signal) => {
  const { id, child, ended } = await standing(`stopped ${signal}`);
  child.kill(signal);
  expect((await ended).how).toBe(signal);
  expect(await lab.read(id)).toMatchObject({ state_type: 'CANCELLED', state: { message: `Stopped by ${signal}.` } });
  expect((await tasksOf(id)).filter((type) => type !== 'CANCELLED' && type !== 'FAILED')).toEqual([]);
});

test('a script whose run is cancelled by somebody else stops it and goes on', async () => {
  const { id, ended } = await standing('cancelled');
  await lab.cancel(id);
  expect(await ended).toMatchObject({ how: 0, said: expect.stringContaining('cancelled') });
  expect(await lab.read(id)).toMatchObject({ state_type: 'CANCELLED' });
});

test('a script that blocks its event loop keeps its run for two terms', async () => {
  const { ended } = runScript('computes', String(2 * seconds(LEASE_SECONDS)));
  expect(await ended).toEqual({ said: '1', how: 0 });
});

test('a script’s run that is tried again is held again, under the next epoch', async () => {
  const { ended } = runScript('fails once');
  expect(await ended).toEqual({ said: '2', how: 0 });
  const id = lab.marks().at(-1)?.flow_run_id ?? '';
  expect(await lab.read(id)).toMatchObject({ state_type: 'COMPLETED', epoch: 2, run_count: 2 });
});

test('a try that has ended is no lost lease to the next one, whenever the process hears that it has', async () => {
  await using proxy = await startHoldingProxy(lab.url);
  // The answer to the end of the first try is away until the lease's thread has asked again: it is told that the lease is over.
  proxy.change(/set_state$/, async (body) => {
    const since = proxy.asked.findLastIndex((path) => path.endsWith('/set_state'));
    const beats = () => proxy.asked.slice(since).filter((path) => path.endsWith('/beat'));
    if (body.includes('AwaitingRetry')) await eventually(() => expect(beats()).not.toEqual([]));
    return body;
  });
  const { ended } = runScriptAt({ SLUICE_API_URL: proxy.url }, 'fails once');
  expect(await ended).toEqual({ said: '2', how: 0 });
});

/** A script that pauses for an hour before its next try. */
async function pausing(gateName: string) {
  const script = await standing(gateName, 'pauses long');
  lab.gates.open(gateName);
  await eventually(async () => expect(await lab.read(script.id)).toMatchObject({ state_type: 'PENDING', epoch: 2 }));
  const { reason } = await lab.client.request('GET /flow_runs/{id}/wait_reason', { params: { id: script.id } });
  expect(reason).toMatch(/^is tried again in (59|60) min$/);
  return script;
}

test('a script that is killed while it pauses before another try leaves a run that has crashed', async () => {
  const { id, child } = await pausing('killed in its pause');
  child.kill('SIGKILL');
  await eventually(async () => expect(await lab.read(id)).toMatchObject({ state_type: 'CRASHED' }));
});

test('a script that is stopped while it pauses before another try cancels its run', async () => {
  const { id, child, ended } = await pausing('stopped in its pause');
  child.kill('SIGINT');
  expect((await ended).how).toBe('SIGINT');
  expect(await lab.read(id)).toMatchObject({ state_type: 'CANCELLED', state: { message: 'Stopped by SIGINT.' } });
});
