import type { Client } from '@sluice/client';
import { beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../src/commands/table.ts';
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
const firsts = (text: string) => lines(text).map((line) => line.split('\t')[0]);

async function deploy(flow: string, name: string, more: object = {}): Promise<string> {
  const { id: flow_id } = await client.request('POST /flows/', { body: { name: flow } });
  return (await client.request('POST /deployments/', { body: { name, flow_id, work_pool_name: 'default-pool', ...more } })).id;
}
const start = (id: string, body: object = {}) => client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body });
const stateOf = async (id: string) => (await client.request('GET /flow_runs/{id}', { params: { id } })).state_name;

/** What these print is no record. */
const NO_RECORD = new Set([
  'dashboard open',
  'config unset',
  'config validate',
  'flow serve',
  'flow-run execute',
  'task serve',
  'api',
  'demo',
  'init',
  'reset',
  'server start',
  'server services start',
  'server services stop',
  'server stop',
  'worker start',
  'work-pool get-default-base-job-template',
  'auth check',
  'config set',
]);

test.each(COMMANDS.filter(({ name }) => !NO_RECORD.has(name)))('$name prints JSON when asked to', async ({ load }) => {
  const { command } = await load();
  expect(Object.values(command.options ?? {}).map(({ flags }) => flags)).toContain('-o, --output <format>');
});

test.each(COMMANDS.filter(({ name }) => name.endsWith(' delete')))('$name asks before it deletes, unless told not to', async ({ load }) => {
  const { command } = await load();
  expect(Object.values(command.options ?? {}).map(({ flags }) => flags)).toContain('-y, --yes');
});

describe('a deployment', () => {
  test('is paused, resumed, limited and deleted', async () => {
    const id = await deploy('paused-flow', 'paused');
    const read = () => client.request('GET /deployments/{id}', { params: { id } });
    const pause = await sluice.run(['deployment', 'pause', 'paused-flow/paused']);
    expect(pause).toEqual({
      code: 0,
      stdout: 'Paused deployment "paused-flow/paused": runs that its schedules have made are deleted, others wait, and running ones go on.\n',
      stderr: '',
    });
    expect(await read()).toMatchObject({ paused: true });
    // Prefect's workers start what somebody asks for, paused or not; ours get it when the pause ends.
    const run = await start(id);
    const due = await client.request('POST /work_pools/{name}/get_scheduled_flow_runs', { params: { name: 'default-pool' }, body: {} });
    expect(due.map(({ flow_run }) => flow_run.id)).toContain(run.id);
    expect(await json(['deployment', 'resume', 'paused-flow/paused'])).toMatchObject({ id, paused: false });

    expect(await json(['deployment', 'set-concurrency-limit', 'paused', '2'])).toMatchObject({ concurrency_limit: 2 });
    expect(await json(['deployment', 'update', 'paused', '--description', 'why it is'])).toMatchObject({ description: 'why it is', paused: false });
    const more = ['--tag', 'a', '--tag', 'b', '--concurrency-limit', '4'];
    expect(await json(['deployment', 'update', 'paused', ...more])).toMatchObject({ tags: ['a', 'b'], concurrency_limit: 4 });
    const less = ['--clear-tags', '--clear-concurrency-limit'];
    expect(await json(['deployment', 'update', 'paused', ...less])).toMatchObject({ tags: [], concurrency_limit: null });
    expect(await sluice.run(['deployment', 'update', 'paused', '--tag', 'a', '--clear-tags'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('set or cleared, not both'),
    });
    expect(await sluice.run(['deployment', 'clear-concurrency-limit', 'paused'])).toMatchObject({ code: 0 });
    expect(await read()).toMatchObject({ concurrency_limit: null });
    expect(await sluice.run(['deployment', 'set-concurrency-limit', 'paused', '0'])).toMatchObject({ code: 2 });
    expect(await sluice.run(['deployment', 'pause', 'paused-flow/pausd'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('Did you mean "paused-flow/paused"?'),
    });
    expect(await sluice.run(['deployment', 'delete', 'paused', 'nope', '--yes'])).toMatchObject({ code: 3 });
    expect(await read()).toMatchObject({ id });
    expect(await sluice.run(['deployment', 'delete', 'paused-flow/paused', '--yes'])).toEqual({
      code: 0,
      stdout: 'Deleted deployment "paused-flow/paused".\n',
      stderr: '',
    });
    await expect(read()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a work queue', () => {
  test('is created, listed, shown, limited, paused, resumed and deleted', async () => {
    expect(
      await sluice.run(['work-queue', 'create', 'bulk', '--pool', 'default-pool', '--limit', '2', '--priority', '7', '--description', 'd']),
    ).toEqual({
      code: 0,
      stdout: 'Created work queue "bulk" of work pool "default-pool" (priority 7).\n',
      stderr: '',
    });
    expect(firsts((await sluice.run(['work-queues', 'ls'])).stdout)).toEqual(['default', 'bulk']);
    expect(await json(['work-queue', 'inspect', 'bulk'])).toMatchObject({ concurrency_limit: 2, priority: 7, description: 'd' });
    expect(await json(['work-queue', 'pause', 'bulk'])).toMatchObject({ is_paused: true });
    expect(await json(['work-queue', 'resume', 'bulk'])).toMatchObject({ is_paused: false });
    expect((await sluice.run(['work-queue', 'set-concurrency-limit', 'bulk', '0'])).stdout).toBe(
      'Set the concurrency limit of work queue "bulk" of work pool "default-pool" to 0. Its runs wait until it is raised.\n',
    );
    expect(await json(['work-queue', 'clear-concurrency-limit', 'bulk'])).toMatchObject({ concurrency_limit: null });
    const changes = ['--priority', '3', '--description', 'what can wait', '--limit', '4'];
    expect(await json(['work-queue', 'update', 'bulk', ...changes])).toMatchObject({
      priority: 3,
      description: 'what can wait',
      concurrency_limit: 4,
    });
    expect(await json(['work-queue', 'update', 'bulk', '--clear-concurrency-limit'])).toMatchObject({ priority: 3, concurrency_limit: null });
    expect(await sluice.run(['work-queue', 'update', 'bulk'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Nothing to change') });
    const pool = await json(['work-pool', 'update', 'default-pool', '--description', 'all of it']);
    expect(pool).toMatchObject({ description: 'all of it', concurrency_limit: null });
    expect(await sluice.run(['work-queue', 'pause', 'bulkk'])).toMatchObject({ code: 3, stderr: expect.stringContaining('Did you mean "bulk"?') });
    expect(await sluice.run(['work-queue', 'ls', '--pool', 'defalt-pool'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('Did you mean "default-pool"?'),
    });
    expect(await sluice.run(['work-queue', 'delete', 'default', '--yes'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('default queue'),
    });
    expect(await sluice.run(['work-queue', 'delete', 'bulk', '--yes'])).toMatchObject({ code: 0 });
    expect(firsts((await sluice.run(['work-queue', 'ls', '-p', 'default-pool'])).stdout)).toEqual(['default']);
  });
});

describe('a global concurrency limit', () => {
  test('is created, listed, shown, changed, disabled, enabled and deleted', async () => {
    expect(await sluice.run(['gcl', 'create', 'warehouse', '--limit', '4'])).toEqual({
      code: 0,
      stdout: 'Created global concurrency limit "warehouse" with 4 slots.\n',
      stderr: '',
    });
    expect(await sluice.run(['gcl', 'create', 'warehouse', '--limit', '4'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('global-concurrency-limit update warehouse'),
    });
    expect(await sluice.run(['gcl', 'create', 'other'])).toMatchObject({ code: 2 });
    expect(await json(['gcl', 'create', 'requests', '-l', '10', '--slot-decay-per-second', '2.5', '--disable'])).toMatchObject({
      limit: 10,
      slot_decay_per_second: 2.5,
      active: false,
    });
    expect(firsts((await sluice.run(['global-concurrency-limits', 'ls'])).stdout)).toEqual(['requests', 'warehouse']);
    expect(await json(['global-concurrency-limit', 'inspect', 'warehouse'])).toMatchObject({ name: 'warehouse', limit: 4, active: true });
    expect(await json(['gcl', 'update', 'warehouse', '--limit', '8', '--active-slots', '3'])).toMatchObject({ limit: 8, active_slots: 3 });
    expect(await sluice.run(['gcl', 'update', 'warehouse'])).toMatchObject({ code: 2 });
    expect(await sluice.run(['gcl', 'update', 'warehouse', '--enable', '--disable'])).toMatchObject({ code: 2 });
    expect(await json(['gcl', 'disable', 'warehouse'])).toMatchObject({ active: false });
    expect(await json(['gcl', 'enable', 'warehouse'])).toMatchObject({ active: true });
    expect(await sluice.run(['gcl', 'delete', 'warehose', '--yes'])).toMatchObject({ code: 3, stderr: expect.stringContaining('"warehouse"') });
    expect(await sluice.run(['gcl', 'delete', 'warehouse', '--yes'])).toMatchObject({ code: 0 });
    expect(await sluice.run(['gcl', 'inspect', 'warehouse'])).toMatchObject({ code: 3 });
  });
});

describe('runs', () => {
  test('are found by deployment, pool, tag, parent and time', async () => {
    await client.request('POST /work_pools/', { body: { name: 'other-pool' } });
    const here = await deploy('found', 'here');
    const there = await deploy('found', 'there', { work_pool_name: 'other-pool' });
    const first = await start(here, { name: 'first', tags: ['a', 'b'] });
    await start(there, { name: 'second', tags: ['a'] });
    await start(here, { name: 'old', state: { type: 'SCHEDULED', state_details: { scheduled_time: '2026-01-01T00:00:00Z' } } });
    const { id: task } = await client.request('POST /task_runs/', {
      body: { flow_run_id: first.id, task_key: 'child', dynamic_key: '0', name: 'child-0' },
    });
    await start(there, { name: 'child', parent_task_run_id: task });
    const ls = async (...args: string[]) =>
      (await json<{ name: string }[]>(['flow-run', 'ls', '--flow-name', 'found', ...args])).map(({ name }) => name).sort();
    expect(await ls('--deployment', 'found/here')).toEqual(['first', 'old']);
    expect(await ls('--deployment', 'here', '--deployment', 'found/there')).toEqual(['child', 'first', 'old', 'second']);
    expect(await ls('--pool', 'other-pool')).toEqual(['child', 'second']);
    expect(await ls('--tag', 'a')).toEqual(['first', 'second']);
    expect(await ls('--tag', 'a', '--tag', 'b')).toEqual(['first']);
    expect(await ls('--name', 'IRS')).toEqual(['first']);
    expect(await ls('--parent', 'first')).toEqual(['child']);
    expect(await ls('--before', '2026-01-02')).toEqual(['old']);
    expect(await ls('--after', '1h')).toEqual(['child', 'first', 'second']);
    expect(await ls('--after', '2025-12-31 23:00', '--before', '2026-01-01T01:59:59+02:00')).toEqual([]);
    expect(await sluice.run(['flow-run', 'ls', '--pool', 'othr-pool'])).toMatchObject({ code: 3 });
    expect(await sluice.run(['flow-run', 'ls', '--deployment', 'nope'])).toMatchObject({ code: 3 });
    expect(await sluice.run(['flow-run', 'ls', '--parent', 'nope'])).toMatchObject({ code: 3 });
    expect(await sluice.run(['flow-run', 'ls', '--after', 'tomorrow'])).toMatchObject({ code: 2 });
    expect(await sluice.run(['flow-run', 'ls', '--after', '2026-02-30'])).toMatchObject({ code: 2 });

    const body = { flow_run_id: first.id, task_key: 'step', dynamic_key: '0', name: 'step-0', state: { type: 'PENDING' as const } };
    const { id: step } = await client.request('POST /task_runs/', { body });
    const tasks = await json<{ name: string }[]>(['task-run', 'ls', '--flow-run', 'first']);
    expect(tasks.map(({ name }) => name)).toEqual(['step-0', 'child-0']);
    expect(await json(['flow-run', 'inspect', 'first'])).toMatchObject({
      task_runs: [{ name: 'child-0' }, { name: 'step-0' }],
      children: [{ name: 'child' }],
    });
    const shown = await sluice.run(['flow-run', 'inspect', 'first']);
    expect(shown.stdout).toMatch(new RegExp(`^Task run\tstep-0 {2}Pending {2}${step}$`, 'm'));
    expect(shown.stdout).toMatch(/^Child flow run\tfound child {2}(Scheduled|Late)/m);
  });

  test.each([['flow-run'], ['task-run']])('in a state of nobody’s name are refused: %s', async (noun) => {
    const wrong = await sluice.run([noun, 'ls', '--state', 'Nonsense']);
    expect(wrong).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('The known names are Scheduled, Late,') });
    expect((await sluice.run([noun, 'ls', '--state', 'Complete'])).stderr).toContain('Did you mean Completed?');
    expect(await sluice.run([noun, 'ls', '--state', 'late'])).toMatchObject({ code: 0 });
    expect(await sluice.run([noun, 'ls', '--state-type', 'NONSENSE'])).toMatchObject({ code: 2 });
  });

  test('in a state that a flow has named itself are found', async () => {
    const { id } = await start(await deploy('named', 'named'), { state: { type: 'SCHEDULED', name: 'Parked' } });
    expect(await json<{ id: string }[]>(['flow-run', 'ls', '--state', 'Parked'])).toMatchObject([{ id }]);
  });

  test('show what they have returned', async () => {
    const { id } = await start(await deploy('returned', 'returned'), { name: 'returned' });
    const to = (type: 'PENDING' | 'RUNNING' | 'COMPLETED', data?: object) =>
      client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: { type, ...(data && { data: data as never }) } } });
    await to('PENDING');
    await to('RUNNING');
    const step = { type: 'COMPLETED' as const, data: { type: 'sluice/v1', value: [1, 'a'] } };
    const task_run = { id: crypto.randomUUID(), flow_run_id: id, task_key: 'add', dynamic_key: '0', name: 'add-0' };
    await client.request('POST /task_runs/step', { body: { task_run, state: { type: 'RUNNING' } } });
    await client.request('POST /task_runs/step', { body: { task_run, state: step } });
    await to('COMPLETED', { type: 'sluice/v1', value: { rows: 3 } });
    expect(await json(['flow-run', 'inspect', 'returned'])).toMatchObject({ result: { rows: 3 } });
    expect((await sluice.run(['flow-run', 'inspect', 'returned'])).stdout).toMatch(/^Result\t\{"rows":3\}$/m);
    expect(await json(['task-run', 'inspect', 'add-0'])).toMatchObject({ name: 'add-0', result: [1, 'a'] });
    expect((await sluice.run(['task-run', 'inspect', task_run.id])).stdout).toMatch(/^Result\t\[1,"a"\]$/m);
    expect(await sluice.run(['task-run', 'inspect', 'add-1'])).toMatchObject({ code: 3, stderr: expect.stringContaining('Did you mean "add-0"?') });
  });

  test('are deleted when they have no process', async () => {
    const deployment = await deploy('deleted', 'deleted');
    const [first, second] = [await start(deployment, { name: 'deleted-1' }), await start(deployment, { name: 'deleted-2' })];
    await client.request('POST /flow_runs/{id}/set_state', { params: { id: second.id }, body: { state: { type: 'PENDING' } } });
    const refused = await sluice.run(['flow-run', 'delete', 'deleted-1', 'deleted-2', '--yes']);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(`sluice flow-run cancel ${second.id}`) });
    expect(await stateOf(first.id)).toBe('Scheduled');
    expect(await sluice.run(['flow-run', 'delete', 'deleted-1', '--yes'])).toMatchObject({ code: 0 });
    await expect(stateOf(first.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('a worker that has stopped is deleted, and one that is online is not', async () => {
  const beat = (name: string, seconds: number) =>
    client.request('POST /work_pools/{name}/workers/heartbeat', {
      params: { name: 'default-pool' },
      body: { name, heartbeat_interval_seconds: seconds },
    });
  await beat('etl-1', 30);
  const online = await sluice.run(['worker', 'delete', 'etl-1', '--yes']);
  expect(online).toMatchObject({ code: 1, stderr: expect.stringContaining('is online') });
  expect(await sluice.run(['worker', 'delete', 'etl-2', '--yes'])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('Did you mean "etl-1"?'),
  });
});

test.each([['docker-ish'], ['Proces']])('a work pool of the unknown type %s is refused, with those that are known', async (type) => {
  expect(await sluice.run(['work-pool', 'create', 'typed', '--type', type])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('process, docker,'),
  });
});
