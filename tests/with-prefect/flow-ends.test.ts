import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient, findDeployment } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { isFinal } from '@sluice/core/model/state-type';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSluice, follow, type Running, type Sluice } from '../../packages/cli/test/support/sluice.ts';
import { MODULES } from '../support/bundle-stage.ts';
import { eventually } from '../support/eventually.ts';
import { seconds } from '../support/patience.ts';
import { startPrefectServer } from '../support/prefect-package.ts';

/* How flows end on Prefect's own server: their retries, which it does not do by itself, and their hooks. */

const FLOWS = `
  import { flow, getLogger, NonRetryable, run as current, task } from '@sluice/sdk';
  const step = task({ name: 'step' }, (n) => n + 1);
  const breaks = task({ name: 'breaks' }, () => {
    if (current.current().attempt === 1) throw new Error('the first time');
  });
  const twice = async (_, { run, log }) => {
    const one = await step(1);
    log.info(\`try \${run.attempt} in process \${process.pid}\`);
    await breaks();
    return one;
  };
  const child = flow({ name: 'child', retries: 1 }, async (_, { run }) => {
    if (run.attempt === 1) throw new Error('the first time');
  });
  export const recovers = flow({ name: 'recovers', retries: 2, retryDelay: 0.5 }, twice);
  export const fails = flow({ name: 'fails', retries: 1 }, () => { throw new Error('each time'); });
  export const noUse = flow({ name: 'no-use', retries: 3 }, () => { throw new NonRetryable('there is no use'); });
  export const hasChild = flow({ name: 'has-child' }, async () => child({}));
  export const blocks = flow({ name: 'blocks', retries: 1, timeout: 1 }, (_, { run }) => {
    while (run.attempt === 1);
  });
  export const killed = flow(
    { name: 'killed', onCrashed: (_, { state_type }) => getLogger().info(\`told of \${state_type}\`) },
    () => process.kill(process.pid, 'SIGKILL'),
  );
  export const rests = flow({ name: 'rests', retries: 1, retryDelay: '1h' }, () => { throw new Error('once'); });`;
const CONFIG = `
  import { defineConfig, deploy } from '@sluice/sdk';
  import * as flows from './flows.ts';
  export default defineConfig({ deployments: Object.values(flows).map((each) => deploy(each, { name: 'ts', pool: 'retried' })) });`;
const SCRIPT = `
  import { recovers } from './flows.ts';
  await recovers({});`;
const SERVED = `
  import { deploy, serve } from '@sluice/sdk';
  import { recovers } from './flows.ts';
  await serve([deploy(recovers, { name: 'served' })]);`;

let server: Awaited<ReturnType<typeof startPrefectServer>>;
let folder: string;
let project: string;
let sluice: Sluice;
let client: Client;
let worker: Running;
const children: ChildProcess[] = [];

const node = (file: string) => {
  const child = spawn(process.execPath, ['-C', '@sluice/source', file], { cwd: project, env: { ...process.env, SLUICE_API_URL: server.url } });
  children.push(child);
  return follow(child);
};
const start = async (name: string) => {
  const { id } = await findDeployment(client, name);
  return client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body: {} });
};
const read = (id: string) => client.request('GET /flow_runs/{id}', { params: { id } });
const ended = (id: string): Promise<FlowRun> =>
  eventually(async () => {
    const run = await read(id);
    if (!isFinal(run.state_type)) throw new Error(`${run.name} is ${run.state_name}`);
    return run;
  }, 120);
const run = async (name: string) => ended((await start(name)).id);
const processesOf = async ({ id }: FlowRun) => {
  const lines = await client.request('POST /logs/filter', { body: { logs: { flow_run_id: { any_: [id] } } } });
  return lines.flatMap(({ message }) => /^try (\d) in process (\d+)$/.exec(message)?.slice(1) ?? []);
};
const expectRecovered = async (found: FlowRun) => {
  expect(found).toMatchObject({ state_type: 'COMPLETED', run_count: 2 });
  const tasks = await client.request('POST /task_runs/filter', { body: { flow_runs: { id: { any_: [found.id] } } } });
  expect(tasks.map(({ name, state_type, run_count }) => [name.replace(/-.*/, ''), state_type, run_count]).sort()).toEqual([
    ['breaks', 'COMPLETED', 2],
    ['step', 'COMPLETED', 1],
  ]);
};

beforeAll(async () => {
  server = await startPrefectServer();
  folder = mkdtempSync(join(tmpdir(), 'sluice-retries-'));
  project = join(folder, 'project');
  mkdirSync(project);
  symlinkSync(MODULES, join(project, 'node_modules'));
  const files = { 'package.json': '{ "type": "module" }', 'flows.ts': FLOWS, 'sluice.config.ts': CONFIG, 'script.ts': SCRIPT, 'served.ts': SERVED };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(project, file), text);
  sluice = createSluice({ SLUICE_HOME: join(folder, 'home'), SLUICE_API_URL: server.url, HOME: folder });
  client = createClient({ apiUrl: server.url });
  for (const args of [['work-pool', 'create', 'retried', '--type', 'process'], ['deploy']]) {
    const { code, stderr } = await sluice.run(args, { cwd: project });
    expect(code, stderr).toBe(0);
  }
  worker = sluice.start(['worker', 'start', '--pool', 'retried', '--limit', '3'], { cwd: project });
  await worker.until(/online; takes runs/);
}, seconds(240));
afterAll(async () => {
  worker?.signal('SIGTERM');
  for (const child of children) child.kill('SIGTERM');
  await worker?.ended;
  await client?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}, seconds(60));

test('a flow that fails is tried again in another process, and what was done is not done again', { timeout: seconds(180) }, async () => {
  const found = await run('recovers/ts');
  await expectRecovered(found);
  const [first, one, second, two] = await eventually(async () => {
    const told = await processesOf(found);
    expect(told).toHaveLength(4);
    return told;
  });
  expect([first, second]).toEqual(['1', '2']);
  expect(one).not.toBe(two);
});

test('it fails when its retries are used up, and at once when another try is of no use', { timeout: seconds(180) }, async () => {
  expect(await run('fails/ts')).toMatchObject({ state_type: 'FAILED', run_count: 2 });
  expect(await run('no-use/ts')).toMatchObject({ state_type: 'FAILED', run_count: 1 });
});

test('so is one that was ended at its timeout because it blocked its event loop', { timeout: seconds(180) }, async () => {
  expect(await run('blocks/ts')).toMatchObject({ state_type: 'COMPLETED', run_count: 2 });
});

test('a subflow is tried again in its parent, and a script in its own process', { timeout: seconds(180) }, async () => {
  expect(await run('has-child/ts')).toMatchObject({ state_type: 'COMPLETED', run_count: 1 });
  const { code, stderr } = await node('script.ts').ended;
  expect(code, stderr).toBe(0);
  const [own] = await client.request('POST /flow_runs/filter', {
    body: { flows: { name: { any_: ['recovers'] } }, sort: 'START_TIME_DESC', limit: 1 },
  });
  expect(own?.deployment_id).toBeNull();
  await expectRecovered(own as FlowRun);
});

test('so is one that a program serves', { timeout: seconds(180) }, async () => {
  await node('served.ts').until(/Serves/);
  await expectRecovered(await run('recovers/served'));
});

test('a flow whose process is killed has crashed, and its hook is called', { timeout: seconds(180) }, async () => {
  const { id, state_type } = await run('killed/ts');
  expect(state_type).toBe('CRASHED');
  await eventually(async () => {
    const lines = await client.request('POST /logs/filter', { body: { logs: { flow_run_id: { any_: [id] } } } });
    expect(lines.map(({ message }) => message)).toContain('told of CRASHED');
  });
});

test('one that waits for its next try is nobody’s: it is cancelled at once', { timeout: seconds(180) }, async () => {
  const { id } = await start('rests/ts');
  await eventually(async () => expect(await read(id)).toMatchObject({ state_name: 'AwaitingRetry', infrastructure_pid: null }), 60);
  await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: { type: 'CANCELLING' } } });
  expect(await ended(id)).toMatchObject({ state_type: 'CANCELLED', run_count: 1 });
});
