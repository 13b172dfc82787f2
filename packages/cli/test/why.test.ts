import { randomUUID } from 'node:crypto';
import type { Client } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { beforeAll, describe, expect, test } from 'vitest';
import { startCommand } from './support/command.ts';
import type { Sluice } from './support/sluice.ts';

describe('flow-run inspect', () => {
  let client: Client;
  let sluice: Sluice;
  let run: FlowRun;

  beforeAll(async () => {
    const started = await startCommand();
    ({ client, sluice } = started);
    await client.request('POST /work_pools/', { body: { name: 'etl', type: 'process' } });
    const { id: flow_id } = await client.request('POST /flows/', { body: { name: 'table' } });
    const body = { name: 'daily', flow_id, work_pool_name: 'etl', work_queue_name: 'tables', concurrency_limit: 1 };
    const { id } = await client.request('POST /deployments/', { body });
    run = await client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body: {} });
    await client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body: { name: 'second' } });
    return started.stop;
  });

  const why = async (name = run.id) => /^Why\t(.*)$/m.exec((await sluice.run(['flow-run', 'inspect', name])).stdout)?.[1];
  const changePool = (body: { is_paused?: boolean; concurrency_limit?: number | null }) =>
    client.request('PATCH /work_pools/{name}', { params: { name: 'etl' }, body });

  test('says why a run waits, as the server has it now', async () => {
    expect(await why()).toBe('no worker of etl is online');
    expect((await sluice.run(['flow-run', 'inspect', run.name])).stdout).toContain('What helps\tStart one: sluice worker start --pool etl\n');
    await changePool({ is_paused: true });
    expect(await why()).toBe('work pool etl is paused');
    await changePool({ is_paused: false });

    const worker_id = randomUUID();
    const beat = { worker_id, name: 'worker-1', concurrency_limit: 1, heartbeat_interval_seconds: 60, host: 'h', pid: 1, leases: [] };
    await client.request('POST /work_pools/{name}/workers/beat', { params: { name: 'etl' }, body: beat });
    await client.request('POST /work_pools/{name}/claim', { params: { name: 'etl' }, body: { worker_id } });
    expect(await why()).toBe('worker-1 starts its process');
    expect(await why('second')).toBe(`waits for a slot of deployment daily (limit 1, held by ${run.name}; 1st in line)`);
    await changePool({ concurrency_limit: 1 });
    expect(await why('second')).toBe(`waits for a slot of work pool etl (limit 1, held by ${run.name}; 1st in line)`);
  });

  test('says so while its deployment is paused, with the command that ends it', async () => {
    const { stdout } = await sluice.run(['deployment', 'pause', 'table/daily']);
    expect(stdout).toContain('Paused deployment "table/daily"');
    expect(await why('second')).toBe('deployment daily is paused');
    const [, hint = ''] = /^What helps\tEnd the pause: sluice (.*)$/m.exec((await sluice.run(['flow-run', 'inspect', 'second'])).stdout) ?? [];
    expect(await sluice.run(hint.split(' '))).toMatchObject({ code: 0 });
    expect(await why('second')).toMatch(/^waits for a slot of/);
  });

  test('prints the API’s record with its task runs and children alone as JSON', async () => {
    const { stdout } = await sluice.run(['flow-run', 'inspect', 'second', '-o', 'json']);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual([...Object.keys(run), 'task_runs', 'children']);
  });
});
