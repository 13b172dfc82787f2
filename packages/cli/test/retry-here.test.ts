import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { isFinal } from '@sluice/core/model/state-type';
import { nodeFlags } from '@sluice/core/process/programs';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { stretched } from '../../../tests/support/patience.ts';
import { startCommand } from './support/command.ts';
import { follow, type Sluice } from './support/sluice.ts';

const FOLDER = fileURLToPath(new URL('./fixtures/script/', import.meta.url));
const SCRIPT = join(FOLDER, 'main.ts');

let client: Client;
let sluice: Sluice;
let url: string;
let folder: string;

beforeAll(async () => {
  const started = await startCommand({ settings: { lease_seconds: stretched(3), sweep_seconds: '0.3' } });
  ({ client, sluice, url } = started);
  return started.stop;
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-script-'));
  return () => rmSync(folder, { recursive: true });
});

const retry = (...words: string[]) => sluice.run(['flow-run', 'retry', ...words], { cwd: FOLDER });
const mend = () => writeFileSync(join(folder, 'mended'), '');
const read = (id: string) => client.request('GET /flow_runs/{id}', { params: { id } });

/** The run of a program that calls its flow itself, when it has ended. */
async function ended(which: 'load' | 'rough'): Promise<FlowRun> {
  const env = { PATH: process.env['PATH'], SLUICE_API_URL: url, SLUICE_LOGGING_LEVEL: 'CRITICAL' };
  await follow(spawn(process.execPath, [...nodeFlags(SCRIPT), SCRIPT, which, folder], { env })).ended;
  const [run] = await client.request('POST /flow_runs/filter', { body: { flows: { name: { any_: [which] } }, sort: 'ID_DESC', limit: 1 } });
  return eventually(async () => {
    const found = await read(run?.id ?? '');
    expect(isFinal(found.state_type)).toBe(true);
    return found;
  });
}

test('a run without a deployment is run again here, from its flow’s code, and takes the results of its tasks', async () => {
  const { id, name, state_type } = await ended('load');
  expect(state_type).toBe('FAILED');
  const again = await retry(id, '--entrypoint', 'load.ts:load');
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining(`Flow run '${name}' is Failed: It is broken.`) });
  mend();
  const { code, stdout } = await retry(id, '-e', 'load.ts:load', '-o', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ id, state_type: 'COMPLETED', run_count: 3 });
  const inspected = await sluice.run(['flow-run', 'inspect', id, '-o', 'json']);
  expect(JSON.parse(inspected.stdout)).toMatchObject({ result: 'read before' });
  expect(await retry(id, '-e', 'load.ts:load')).toMatchObject({ code: 1, stderr: expect.stringContaining('Run is already COMPLETED.') });
});

test('a retry here goes on through the tries that its flow has left', async () => {
  const { id, state_type } = await ended('rough');
  expect(state_type).toBe('CRASHED');
  mend();
  expect(await retry(id, '--entrypoint', 'load.ts:rough')).toMatchObject({ code: 0 });
  expect(await read(id)).toMatchObject({ state_type: 'COMPLETED', run_count: 3 });
});

test('nothing changes when the code is not named, is not there, or is that of another flow', async () => {
  const { id, name, state_id } = await ended('load');
  expect(await retry(id)).toMatchObject({ code: 2, stderr: expect.stringMatching(new RegExp(`'${name}' has no deployment.*\\n.*--entrypoint`)) });
  expect(await retry(id, '--entrypoint', 'none.ts:load')).toMatchObject({ code: 3, stderr: expect.stringContaining('none.ts') });
  expect(await retry(id, '--entrypoint', 'load.ts:lod')).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean load.ts:load?') });
  expect(await retry(id, '--entrypoint', 'load.ts:other')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`is the flow 'other', and '${name}' is a run of 'load'`),
  });
  expect(await retry(id, '--entrypoint', 'load.ts:load', '--from', 'read')).toMatchObject({ code: 2, stderr: expect.stringContaining('--from') });
  expect((await read(id)).state_id).toBe(state_id);
});

test('a run of a deployment is left to its workers, and --entrypoint is for one run', async () => {
  const { id: flow_id } = await client.request('POST /flows/', { body: { name: 'load' } });
  const { id: deployment } = await client.request('POST /deployments/', { body: { name: 'deployed', flow_id } });
  const { id } = await client.request('POST /deployments/{id}/create_flow_run', { params: { id: deployment }, body: {} });
  await sluice.run(['flow-run', 'cancel', id]);
  expect(await retry(id, '--entrypoint', 'load.ts:load')).toMatchObject({ code: 2, stderr: expect.stringContaining('Leave out --entrypoint') });
  expect(await retry('--flow-name', 'load', '--entrypoint', 'load.ts:load')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is for one flow run'),
  });
  expect(await read(id)).toMatchObject({ state_type: 'CANCELLED' });
});
