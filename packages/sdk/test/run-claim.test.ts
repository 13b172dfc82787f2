import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { leaseHeaders } from '@sluice/core/api/lease-header';
import type { ClaimedRun } from '@sluice/core/model/worker';
import { claimEnvironment, type OwnClaim } from '@sluice/core/process/claim-environment';
import { EXIT_CODES } from '@sluice/core/process/exit-codes';
import { nodeFlags } from '@sluice/core/process/programs';
import type { Flow } from '@sluice/sdk';
import { uuidv7 } from 'uuidv7';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { startClaimer } from '../../../tests/support/claimer.ts';
import { type Lab, startLab } from '../../../tests/support/lab.ts';
import { seconds, stretched } from '../../../tests/support/patience.ts';
import { exitsAsIfDone, hearsNothing, neverTurns, neverTurnsInTime, standsClaimed, standsThenWaits } from './fixtures/claimed-flows.ts';
import { busyHook } from './fixtures/hook-flows.ts';

/* What a container or a pod is started with: a bare process with its claim in its environment. The test claims as a worker does. */

const PROGRAM = fileURLToPath(new URL('../src/process/run-claim.ts', import.meta.url));
const FOR_EVER_MS = 3_600_000;

/** The program holds its lease itself, so nothing else stands in its way. */
const LEASE_SECONDS = 2;

let lab: Lab;
const started: ChildProcess[] = [];
beforeAll(async () => {
  lab = await startLab(inject('postgres'), { api_key: 'key-of-the-server', lease_seconds: stretched(LEASE_SECONDS) });
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL'); // a test that has failed
});
afterAll(() => lab.stop());

async function makeClaimer() {
  const claimer = await startClaimer(lab, LEASE_SECONDS);
  /** Starts the program for a run. */
  const give = async (claimed: ClaimedRun, more: Record<string, string> = {}) => {
    const program = start({ ...claimEnvironment(claimOf(claimed)), ...more });
    await claimer.keep(claimed, program.ended, ({ state_id }) => state_id !== claimed.flow_run.state_id);
    return program;
  };
  return { ...claimer, give };
}

const claimOf = ({ flow_run, epoch, lease_seconds, token, deployment }: ClaimedRun): OwnClaim => ({
  api_url: lab.url,
  token,
  flow_run_id: flow_run.id,
  epoch,
  lease_seconds,
  path: deployment?.path ?? undefined,
  entrypoint: deployment?.entrypoint ?? '',
  worker_name: 'a container',
});

/** The program with this environment and nothing else, but for what the flows of tests need. */
function start(environment: Record<string, string>) {
  const own = { SLUICE_HOME: lab.home, TEST_MARKS: process.env['TEST_MARKS'], TEST_GATES: process.env['TEST_GATES'] };
  const stdio = ['ignore', 'ignore', 'pipe'] as const;
  const child = spawn(process.execPath, [...nodeFlags(PROGRAM), PROGRAM], {
    cwd: tmpdir(),
    detached: true,
    env: { ...own, ...environment },
    stdio: [...stdio],
  });
  started.push(child);
  const said = text(child.stderr as NonNullable<typeof child.stderr>);
  const ended = once(child, 'exit').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals);
  return { child, ended, said };
}

/** A run of this flow that was claimed and given to the program. */
async function running<In, Params, Result>(flow: Flow<In, Params, Result>, parameters: object, more: Record<string, string> = {}) {
  const claimer = await makeClaimer();
  const { id } = await lab.start(await lab.deploy(claimer.pool, flow), parameters);
  return { id, ...claimer, ...(await claimer.give(await claimer.claim(), more)) };
}

/** As soon as the run stands in its process. */
async function standing<In, Params, Result>(flow: Flow<In, Params, Result>, gateName: string, more?: Record<string, string>) {
  const run = await running(flow, { gateName }, more);
  await lab.gates.arrived(gateName);
  return run;
}

test('a program that has nothing but its claim in its environment runs the run, and its flow does not find the claim', async () => {
  const { id, ended } = await standing(standsClaimed, 'claimed');
  expect(await lab.read(id)).toMatchObject({ state_type: 'RUNNING', epoch: 1 });
  lab.gates.open('claimed');
  const run = await lab.ended(id);
  expect(run).toMatchObject({ state_type: 'COMPLETED', epoch: 1, crash_count: 0 });
  expect(await lab.result(run)).toEqual({ epoch: 1, claim: [], key: 'slr.' });
  expect(lab.marks(id)).toMatchObject([{ text: 'stands', worker: 'a container' }]);
  expect(await ended).toBe(EXIT_CODES.COMPLETED);
});

test('it keeps its lease for two terms though its flow blocks the event loop', async () => {
  const { id, ended } = await running(neverTurns, { ms: 2 * seconds(LEASE_SECONDS) });
  expect(await ended).toBe(EXIT_CODES.COMPLETED);
  expect(await lab.read(id)).toMatchObject({ state_type: 'COMPLETED', epoch: 1 });
});

test('when its run has ended it calls the hooks, and has the grace time for them though its lease is over', async () => {
  const { id, ended } = await running(busyHook, { ms: 2 * seconds(LEASE_SECONDS) });
  expect(await ended).toBe(EXIT_CODES.COMPLETED);
  expect(lab.marks(id)).toMatchObject([{ text: 'hook ends', epoch: 1 }]);
});

test('killed, its run goes back to the queue with the end of its lease, and on in the next one', async () => {
  const { id, child, ended, claim, give } = await standing(standsClaimed, 'killed');
  child.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
  const claimed = await claim();
  expect(claimed).toMatchObject({ epoch: 2, flow_run: { id, crash_count: 1 } });
  lab.gates.open('killed');
  expect(await (await give(claimed)).ended).toBe(EXIT_CODES.COMPLETED);
  expect(await lab.result(await lab.ended(id))).toMatchObject({ epoch: 2 });
});

test('it learns with a beat that its run is being cancelled', async () => {
  const { id, ended } = await standing(standsClaimed, 'cancelled');
  await lab.cancel(id);
  expect(await ended).toBe(EXIT_CODES.CANCELLED);
  expect((await lab.read(id)).state).toMatchObject({ type: 'CANCELLED', message: 'The run was cancelled.' });
});

test.each([
  ['that does not hear it', () => standing(hearsNothing, 'cancelled in vain', { SLUICE_GRACE_SECONDS: '1' })],
  ['that blocks the event loop', () => running(neverTurns, { ms: FOR_EVER_MS }, { SLUICE_GRACE_SECONDS: '1' })],
])('a run %s is CANCELLED after the grace time, and its process killed', async (_what, begin) => {
  const { id, ended } = await begin();
  await lab.until(id, ({ state_type }) => state_type === 'RUNNING');
  await lab.cancel(id);
  expect(await ended).toBe('SIGKILL');
  const message = 'The run was cancelled; its process was killed after the grace time.';
  expect((await lab.read(id)).state).toMatchObject({ type: 'CANCELLED', message });
});

test('when its run is somebody else’s it ends itself, and changes nothing', async () => {
  const { id, ended, claim, keep } = await standing(hearsNothing, 'lost');
  await lab.client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: { type: 'CRASHED' } } }, lease(id, 1));
  const claimed = await claim();
  expect(claimed).toMatchObject({ epoch: 2, flow_run: { id } });
  const { state_id } = await lab.read(id);
  await keep(claimed, ended);
  expect([EXIT_CODES.LOST, 'SIGKILL']).toContain(await ended);
  expect(await lab.read(id)).toMatchObject({ state_id, state_type: 'PENDING', epoch: 2 });
  expect(await lab.client.request('POST /task_runs/filter', { body: { flow_runs: { id: { any_: [id] } } } })).toEqual([]);
});

test('when its run is somebody else’s it ends also when its flow blocks the event loop', async () => {
  const { id, ended } = await running(neverTurns, { ms: FOR_EVER_MS });
  await lab.until(id, ({ state_type }) => state_type === 'RUNNING');
  await lab.client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: { type: 'CRASHED' } } }, lease(id, 1));
  expect(await ended).toBe('SIGKILL');
});

const lease = (id: string, epoch: number) => ({ headers: leaseHeaders(id, epoch) });

test('a run that was somebody else’s before it began is left alone', async () => {
  const claimer = await makeClaimer();
  const { id } = await lab.start(await lab.deploy(claimer.pool, standsClaimed), { gateName: 'never' });
  const claimed = await claimer.claim();
  const { ended } = start(claimEnvironment({ ...claimOf(claimed), epoch: 2 }));
  expect(await ended).toBe(EXIT_CODES.LOST);
  expect((await lab.states(id)).map(({ type }) => type)).not.toContain('RUNNING');
  expect(lab.marks(id)).toEqual([]);
});

test('without an answer of the server it ends before its lease does', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const claim = {
    token: undefined,
    flow_run_id: uuidv7(),
    epoch: 1,
    lease_seconds: 2,
    path: '/',
    entrypoint: 'none.ts:none',
    worker_name: undefined,
  };
  expect(await start(claimEnvironment({ ...claim, api_url: `http://127.0.0.1:${port}/api` })).ended).toBe('SIGKILL');
  silent.closeAllConnections();
  silent.close();
});

test('a flow that blocks its event loop is ended at its deadline', async () => {
  const { id, ended } = await running(neverTurnsInTime, { ms: FOR_EVER_MS });
  expect(await ended).toBe('SIGKILL');
  expect((await lab.read(id)).state).toMatchObject({ type: 'FAILED', name: 'TimedOut', message: 'It took longer than 1 s.' });
});

test('told to stop, it hands its run back', async () => {
  const { id, child, ended } = await standing(standsClaimed, 'handed back');
  child.kill('SIGTERM');
  expect(await ended).toBe(EXIT_CODES.SCHEDULED);
  expect(await lab.read(id)).toMatchObject({ state_type: 'SCHEDULED', crash_count: 0 });
});

test('told that its worker stops, it hands its run back when that comes to do nothing but wait', async () => {
  const { id, child, ended } = await standing(standsThenWaits, 'drained');
  child.kill('SIGUSR2');
  lab.gates.open('drained');
  expect(await ended).toBe(EXIT_CODES.SCHEDULED);
  expect(await lab.read(id)).toMatchObject({ state_type: 'SCHEDULED', crash_count: 0 });
  expect(lab.marks(id).map(({ text }) => text)).toEqual(['stands', 'has stood']);
});

test('user code that ends the process does not end the run', async () => {
  const { id, ended, said } = await running(exitsAsIfDone, {});
  expect(await ended).toBe(EXIT_CODES.GONE);
  expect(await said).toMatch(/Its code called process\.exit\(0\)\.\n.*claimed-flows\.ts/s);
  expect(await lab.until(id, ({ crash_count }) => crash_count === 1)).toMatchObject({ state_type: 'SCHEDULED' });
});

test('code that cannot be loaded is a failure of its run', async () => {
  const claimer = await makeClaimer();
  const { id } = await lab.start(await lab.deploy(claimer.pool, standsClaimed), { gateName: 'never' });
  const { ended } = await claimer.give(await claimer.claim(), { SLUICE_CLAIM_ENTRYPOINT: 'flows/none.ts:none' });
  expect(await ended).toBe(EXIT_CODES.FAILED);
  expect((await lab.read(id)).state).toMatchObject({ type: 'FAILED', message: expect.stringContaining('none.ts') });
});

test.each([
  ['no claim', {}, 'The environment holds no claim of a flow run: SLUICE_API_URL is not set; '],
  ['a setting that cannot be read', { SLUICE_GRACE_SECONDS: 'long' }, 'These settings cannot be read: SLUICE_GRACE_SECONDS=long'],
])('an environment with %s is told of, and nothing is run', async (what, environment, sentence) => {
  const claim = { api_url: lab.url, token: 'slr.x', flow_run_id: uuidv7(), epoch: 1, lease_seconds: 30, path: '/', worker_name: undefined };
  const { ended, said } = start({ ...(what === 'no claim' ? {} : claimEnvironment({ ...claim, entrypoint: 'none.ts:none' })), ...environment });
  expect(await ended).toBe(EXIT_CODES.NO_CLAIM);
  expect(await said).toContain(sentence);
});
