import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClaimedRun } from '@sluice/core/model/worker';
import { EXIT_CODES } from '@sluice/core/process/exit-codes';
import { nodeFlags } from '@sluice/core/process/programs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type BundleStage, setBundleStage } from '../../../tests/support/bundle-stage.ts';
import { startClaimer } from '../../../tests/support/claimer.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, startLab } from '../../../tests/support/lab.ts';
import { stretched } from '../../../tests/support/patience.ts';
import { placeEnvironment, RUN_CLAIM } from '../src/claim/place-environment.ts';
import { codeOf, jobVariables } from '../src/job.ts';

/* What a container or a pod is started with: no worker, no project, nothing but its environment. */

const PROGRAM = fileURLToPath(new URL('../src/program/main.ts', import.meta.url));
const LEASE_SECONDS = 2;

let lab: Lab;
let stage: BundleStage;
let home: string;
const started: ChildProcess[] = [];
beforeAll(async () => {
  lab = await startLab(inject('postgres'), { api_key: 'key-of-the-server', lease_seconds: stretched(LEASE_SECONDS) });
});
beforeEach(() => {
  stage = setBundleStage(lab, { SLUICE_API_KEY: 'key-of-the-server' });
  home = mkdtempSync(join(tmpdir(), 'sluice-claim-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL'); // a test that has failed
  await stage.close();
  rmSync(home, { recursive: true, force: true });
});
afterAll(() => lab.stop());

function environmentOf(claimed: ClaimedRun, startSeconds = 20): Record<string, string> {
  const variables = jobVariables(claimed.deployment?.job_variables, claimed.flow_run.job_variables);
  const wanted = codeOf(claimed, variables);
  if (typeof wanted === 'string') throw new Error(wanted);
  const options = { name: 'a container', loggingLevel: 'INFO', graceSeconds: 5, startSeconds };
  return placeEnvironment({ claimed, wanted, variables }, options, { apiUrl: lab.url });
}

function start(environment: Record<string, string>) {
  const child = spawn(process.execPath, [...nodeFlags(PROGRAM), PROGRAM, ...RUN_CLAIM.slice(1)], {
    cwd: tmpdir(),
    env: {
      SLUICE_HOME: home,
      PATH: process.env['PATH'],
      TEST_MARKS: process.env['TEST_MARKS'],
      TEST_GATES: process.env['TEST_GATES'],
      ...environment,
    },
    stdio: 'ignore',
  });
  started.push(child);
  return { child, ended: once(child, 'exit').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals) };
}

/** A run of the project's flow `tells`, deployed as a bundle, and the program that runs it. The project is gone. */
async function running(body: string, more: { env?: Record<string, string>; config?: string } = {}) {
  const { pool, claim, keep } = await startClaimer(lab, LEASE_SECONDS);
  stage.write(
    'flows.ts',
    `import { flow } from '@sluice/sdk';
     import { word } from './lib/word.ts';
     export const tells = flow({ name: 'tells' }, async (_, { signal }) => { ${body} });`,
  );
  expect(await stage.deploy(pool, more.config)).toMatchObject({ code: 0 });
  rmSync(stage.project, { recursive: true });
  const { id } = await lab.start(`tells/${pool}`);
  const claimed = await claim();
  const program = start({ ...environmentOf(claimed), ...more.env });
  void keep(claimed, program.ended, ({ state_id }) => state_id !== claimed.flow_run.state_id);
  return { id, claimed, claim, ...program };
}

test('the program finds the bundle of its run, and what the flow prints is in the run’s log', async () => {
  const { id, ended } = await running(`
    console.log('printed', 'by the flow');
    console.error('a complaint');
    process.stdout.write('without an end');
    return { word, at: import.meta.dirname, claim: Object.keys(process.env).filter((name) => name.startsWith('SLUICE_CLAIM_')) };`);
  expect(await ended).toBe(EXIT_CODES.COMPLETED);
  const run = await lab.ended(id);
  expect(await lab.result(run)).toMatchObject({ word: 'one', at: expect.stringContaining(home), claim: [] });
  expect(await lab.log(run)).toEqual(expect.arrayContaining(['printed by the flow', 'a complaint', 'without an end']));
});

test('its environment holds no secret but the token of the run', async () => {
  const { pool, claim } = await startClaimer(lab, LEASE_SECONDS);
  await stage.deploy(pool, "env: { COLOUR: 'blue', SLUICE_API_URL: 'http://10.0.2.2:4200/api' }, memory: 256");
  await lab.start(`tells/${pool}`);
  const claimed = await claim();
  expect(environmentOf(claimed)).toEqual({
    COLOUR: 'blue',
    SLUICE_API_KEY: claimed.token,
    SLUICE_API_URL: 'http://10.0.2.2:4200/api',
    SLUICE_CLAIM_CODE: expect.stringContaining('"heap_mb":153,"memory_mb":256'),
    SLUICE_CLAIM_ENTRYPOINT: 'flows.ts:tells',
    SLUICE_CLAIM_EPOCH: '1',
    SLUICE_CLAIM_FLOW_RUN: claimed.flow_run.id,
    SLUICE_CLAIM_LEASE_SECONDS: String(claimed.lease_seconds),
    SLUICE_CLAIM_WORKER: 'a container',
    SLUICE_GRACE_SECONDS: '5',
    SLUICE_LOGGING_LEVEL: 'INFO',
    SLUICE_START_SECONDS: '20',
  });
});

test.each([
  ['SIGKILL', "process.kill(process.pid, 'SIGKILL'); await new Promise(() => setInterval(() => {}, 1000));", 'Its process was ended by SIGKILL.'],
  [
    'an error that nobody catches',
    "setImmediate(() => { throw new Error('boom'); }); await new Promise(() => {});",
    /^An error was thrown that nobody caught: Error: boom\n +at .*flows\.ts/m,
  ],
  ['process.exit(3)', 'process.exit(3);', 'Its process exited with code 3.'],
])('a process that is gone by %s is told of at once, and its run goes back to the queue', async (_how, body, message) => {
  const { id, ended, claim } = await running(body);
  expect(await ended).toBe(EXIT_CODES.SCHEDULED);
  const said = (await lab.log({ id })).join('\n');
  expect((await lab.states(id)).map(({ type }) => type)).toContain('RUNNING');
  expect(said).toMatch(message);
  expect(await claim()).toMatchObject({ epoch: 2, flow_run: { id, crash_count: 1 } });
});

test('a bundle that is not there any more is told of in the run’s state, with what to do', async () => {
  const { pool, claim } = await startClaimer(lab, LEASE_SECONDS);
  await stage.deploy(pool);
  const { id } = await lab.start(`tells/${pool}`);
  const claimed = await claim();
  const bundle = { name: 'f'.repeat(64), folder: null };
  const environment = { ...environmentOf(claimed, 0.1), SLUICE_CLAIM_CODE: JSON.stringify({ path: null, bundle, pull: null }) };
  expect(await start(environment).ended).toBe(EXIT_CODES.CRASHED);
  expect((await lab.read(id)).state).toMatchObject({ type: 'CRASHED', message: expect.stringMatching(/^Its code cannot be had: .+\. .+\.$/) });
});

test('told to stop while it still looks for the code, it hands its run back', async () => {
  const { pool, claim, keep } = await startClaimer(lab, LEASE_SECONDS);
  await stage.deploy(pool, "pull: { path: '/nowhere' }");
  const { id } = await lab.start(`tells/${pool}`);
  const claimed = await claim();
  const git = { repository: 'https://127.0.0.1:9/none.git' };
  const environment = {
    ...environmentOf(claimed, 600),
    SLUICE_CLAIM_CODE: JSON.stringify({ path: null, bundle: null, pull: { git, directory: null } }),
  };
  const { child, ended } = start(environment);
  void keep(claimed, ended);
  await eventually(async () => expect((await lab.log({ id })).join('\n')).toMatch(/It is tried again until 600 s/));
  child.kill('SIGTERM');
  expect(await ended).toBe(EXIT_CODES.SCHEDULED);
  expect(await lab.read(id)).toMatchObject({ state_type: 'SCHEDULED', crash_count: 0 });
});

test('an environment that names no code is told of, and nothing is run', async () => {
  const { pool, claim } = await startClaimer(lab, LEASE_SECONDS);
  await stage.deploy(pool);
  await lab.start(`tells/${pool}`);
  const { SLUICE_CLAIM_CODE: _, ...rest } = environmentOf(await claim());
  expect(await start(rest).ended).toBe(EXIT_CODES.NO_CLAIM);
});
