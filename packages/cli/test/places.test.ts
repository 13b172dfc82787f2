import type { Client } from '@sluice/client';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Json, startCommand } from './support/command.ts';
import type { Sluice } from './support/sluice.ts';

let client: Client;
let sluice: Sluice;
let json: Json;

beforeAll(async () => {
  const started = await startCommand();
  ({ client, sluice, json } = started);
  await client.request('POST /work_pools/', { body: { name: 'default-pool' } });
  return started.stop;
});

const lines = (text: string) => text.trimEnd().split('\n');

async function deploy(flow: string, name: string, more: object = {}): Promise<string> {
  const { id: flow_id } = await client.request('POST /flows/', { body: { name: flow } });
  return (await client.request('POST /deployments/', { body: { name, flow_id, work_pool_name: 'default-pool', ...more } })).id;
}
const start = (id: string, body: object = {}) => client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body });

describe('what is to come', () => {
  test('in a pool or a queue is listed, the next first, late runs too', async () => {
    await client.request('POST /work_pools/', { body: { name: 'coming' } });
    await client.request('POST /work_pools/{name}/queues', { params: { name: 'coming' }, body: { name: 'slow' } });
    const id = await deploy('coming', 'coming', { work_pool_name: 'coming' });
    const slow = await deploy('coming', 'slow', { work_pool_name: 'coming', work_queue_name: 'slow' });
    const at = (minutes: number) => ({
      state: { type: 'SCHEDULED', state_details: { scheduled_time: new Date(Date.now() + minutes * 60_000).toISOString() } },
    });
    await start(id, { name: 'in-half-an-hour', ...at(30) });
    await start(slow, { name: 'late', ...at(-30) });
    await start(id, { name: 'tomorrow', ...at(23 * 60) });
    const names = async (...words: string[]) => (await json<{ name: string }[]>(words)).map(({ name }) => name);
    expect(await names('work-pool', 'preview', 'coming')).toEqual(['late', 'in-half-an-hour']);
    expect(await names('work-pool', 'preview', 'coming', '--hours', '24')).toEqual(['late', 'in-half-an-hour', 'tomorrow']);
    expect(await names('work-queue', 'preview', 'slow', '-p', 'coming', '--hours', '24')).toEqual(['late']);
    expect(await names('work-queue', 'read-runs', 'slow', '-p', 'coming')).toEqual(['late']);
    expect(await names('work-queue', 'read-runs', 'default', '-p', 'coming')).toEqual([]);
    const shown = await sluice.run(['work-pool', 'preview', 'coming']);
    expect(lines(shown.stdout).map((line) => line.split('\t').slice(2, 6))).toEqual([
      ['coming', 'late', expect.stringMatching(/^(Late|Scheduled)$/), 'slow'],
      ['coming', 'in-half-an-hour', 'Scheduled', 'default'],
    ]);
    expect(await sluice.run(['work-pool', 'preview', 'comming'])).toMatchObject({ code: 3, stderr: expect.stringContaining('"coming"') });
    expect(await sluice.run(['work-pool', 'preview', 'coming', '--hours', '0'])).toMatchObject({ code: 2 });
  });

  test('of slots: who has them is listed', async () => {
    await client.request('POST /work_pools/', { body: { name: 'slotted', concurrency_limit: 2 } });
    const { id } = await start(await deploy('slotted', 'slotted', { work_pool_name: 'slotted' }), { name: 'holder' });
    await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: { type: 'PENDING' } } });
    const pool = await sluice.run(['work-pool', 'slots', 'slotted']);
    expect(pool.stderr).toBe('1 of 2 slots of work pool "slotted" is taken.\n');
    expect(pool.stdout).toMatch(new RegExp(`^default\tholder\tPending\t[^\t]+\t${id}\n$`));
    expect(await json(['work-pool', 'slots', 'slotted'])).toMatchObject({
      active_slots: 1,
      queues: [{ queue_name: 'default', flow_runs: [{ id }] }],
    });
    const queue = await sluice.run(['work-queue', 'slots', 'default', '-p', 'slotted']);
    expect(queue.stderr).toBe('1 run has a slot of work queue "default" of work pool "slotted", which has no limit.\n');
    expect(queue.stdout).toContain(id);
    expect(await json(['work-queue', 'slots', 'default', '-p', 'slotted'])).toMatchObject({ active_slots: 1, flow_runs: [{ id }] });
  });
});

test('the template of a kind of pool is printed, and makes a pool', async () => {
  const printed = await sluice.run(['work-pool', 'get-default-base-job-template', '--type', 'docker']);
  expect(printed).toMatchObject({ code: 0, stderr: '' });
  const made = await sluice.run(['work-pool', 'create', 'of-template', '--type', 'docker', '--base-job-template', '-'], { input: printed.stdout });
  expect(made).toMatchObject({ code: 0 });
  expect(await json(['work-pool', 'inspect', 'of-template'])).toMatchObject({ base_job_template: JSON.parse(printed.stdout) });
  expect(await sluice.run(['work-pool', 'get-default-base-job-template'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--type') });
});

test('a deployment that is paused has no runs of its schedules, late ones neither, and keeps those that somebody asked for', async () => {
  const id = await deploy('paused-late', 'paused-late', { schedules: [{ schedule: { interval: 3600 }, active: true }] });
  const start_time = new Date(Date.now() - 2 * 3_600_000).toISOString();
  await client.request('POST /deployments/{id}/schedule', { params: { id }, body: { start_time, min_runs: 3 } });
  const asked = await start(id, { name: 'asked-for' });
  const runs = () => client.request('POST /flow_runs/filter', { body: { flow_runs: { deployment_id: { any_: [id] } } } });
  const made = (await runs()).filter(({ auto_scheduled }) => auto_scheduled);
  expect(made.some(({ expected_start_time }) => Date.parse(expected_start_time ?? '') < Date.now())).toBe(true);
  expect(await sluice.run(['deployment', 'pause', 'paused-late'])).toMatchObject({ code: 0 });
  expect((await runs()).map((run) => run.id)).toEqual([asked.id]);
});
