import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient, findDeployment } from '@sluice/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSluice, type Sluice } from '../../packages/cli/test/support/sluice.ts';
import { MODULES } from '../support/bundle-stage.ts';
import { seconds } from '../support/patience.ts';
import { type PrefectServer, startPrefectServer } from '../support/prefect-package.ts';

/* A worker of ours that runs what is due on Prefect's own server, and ends. */

const FLOWS = `
  import { flow, runDeployment } from '@sluice/sdk';
  export const says = flow({ name: 'says' }, async ({ text = 'hello' }) => text);
  export const asks = flow({ name: 'asks' }, async () => {
    const { flow_run } = await runDeployment('says/ts', { text: 'child' });
    return flow_run.state_type;
  });`;
const CONFIG = `
  import { defineConfig, deploy } from '@sluice/sdk';
  import { asks, says } from './flows.ts';
  export default defineConfig({ deployments: [says, asks].map((flow) => deploy(flow, { name: 'ts', pool: 'now-and-then' })) });`;

let server: PrefectServer;
let folder: string;
let project: string;
let sluice: Sluice;
let client: Client;

beforeAll(async () => {
  server = await startPrefectServer();
  folder = mkdtempSync(join(tmpdir(), 'sluice-once-'));
  project = join(folder, 'project');
  mkdirSync(project);
  symlinkSync(MODULES, join(project, 'node_modules'));
  const files = { 'package.json': '{ "type": "module" }', 'flows.ts': FLOWS, 'sluice.config.ts': CONFIG };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(project, file), text);
  sluice = createSluice({ SLUICE_HOME: join(folder, 'home'), SLUICE_API_URL: server.url, HOME: folder });
  client = createClient({ apiUrl: server.url });
  for (const args of [['work-pool', 'create', 'now-and-then', '--type', 'process'], ['deploy']]) {
    const { code, stderr } = await sluice.run(args, { cwd: project });
    expect(code, stderr).toBe(0);
  }
}, seconds(240));
afterAll(async () => {
  await client?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}, seconds(60));

const start = async (name: string, body: object = {}) => {
  const { id } = await findDeployment(client, name);
  return client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body });
};
const runOnce = () => sluice.run(['worker', 'start', '--pool', 'now-and-then', '--limit', '2', '--run-once'], { cwd: project });
const stateOf = async (id: string) => (await client.request('GET /flow_runs/{id}', { params: { id } })).state_type;

test('it runs what is due, more than it has room for and children of that, and leaves what is due later', { timeout: seconds(240) }, async () => {
  const due = await Promise.all([start('asks/ts'), start('says/ts'), start('says/ts')]);
  const tomorrow = new Date(Date.now() + 24 * 3_600_000).toISOString();
  const later = await start('says/ts', { state: { type: 'SCHEDULED', state_details: { scheduled_time: tomorrow } } });
  const { code, stdout, stderr } = await runOnce();
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  expect(stdout).toMatch(/: stopped\n$/);
  expect(await Promise.all(due.map(({ id }) => stateOf(id)))).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
  const children = await client.request('POST /flow_runs/filter', { body: { flow_runs: { parent_task_run_id: { is_null_: false } } } });
  expect(children.map(({ state_type, parameters }) => [state_type, parameters])).toEqual([['COMPLETED', { text: 'child' }]]);
  expect(await stateOf(later.id)).toBe('SCHEDULED');
});

test('it ends when nothing is due that it can run, and looks behind what it cannot run', { timeout: seconds(120) }, async () => {
  const { flow_id } = await findDeployment(client, 'says/ts');
  const body = { name: 'py', flow_id, work_pool_name: 'now-and-then', entrypoint: 'flows.py:says' };
  await client.request('POST /deployments/', { body });
  const notOurs = await Promise.all([1, 2, 3].map(() => start('says/py')));
  expect(await runOnce()).toMatchObject({ code: 0, stdout: expect.stringMatching(/: stopped\n$/) });
  const { id } = await start('says/ts');
  expect(await runOnce()).toMatchObject({ code: 0 });
  expect(await stateOf(id)).toBe('COMPLETED');
  expect(await Promise.all(notOurs.map((run) => stateOf(run.id)))).toEqual(['SCHEDULED', 'SCHEDULED', 'SCHEDULED']);
});
