import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { type Client, createClient } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { startTestServer, type TestServer } from '@sluice/server/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createLive, toLines } from '../src/etl/live.ts';
import { createSnapshots, type Snapshot } from '../src/etl/snapshot.ts';

let server: TestServer;
let client: Client;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  client = createClient({ apiUrl: server.url });
  await client.request('POST /work_pools/', { body: { name: 'etl', type: 'process' } });
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

const flowId = async (name: string) => (await client.request('POST /flows/', { body: { name } })).id;
const setState = (run: FlowRun, type: 'RUNNING' | 'COMPLETED') =>
  client.request('POST /flow_runs/{id}/set_state', { params: { id: run.id }, body: { state: { type }, force: true } });

/** A job with a table and a clean-up, each held by a worker of its own. */
async function startJob(): Promise<{ main: FlowRun; table: FlowRun; cleanup: FlowRun }> {
  const main = await client.request('POST /flow_runs/', { body: { flow_id: await flowId('main-etl-job'), state: { type: 'RUNNING' } } });
  const child = async (flow: string, parameters: Record<string, string>) => {
    const task = { flow_run_id: main.id, task_key: flow, dynamic_key: '0', name: flow };
    const { id: parent_task_run_id } = await client.request('POST /task_runs/', { body: task });
    const body = { flow_id: await flowId(flow), name: `random-${flow}`, parameters, parent_task_run_id, work_pool_name: 'etl' };
    return client.request('POST /flow_runs/', { body: { ...body, state: { type: 'SCHEDULED' } } });
  };
  const claim = async (name: string) => {
    const worker_id = randomUUID();
    const beat = { worker_id, name, concurrency_limit: 1, heartbeat_interval_seconds: 10, host: 'h', pid: 1, leases: [] };
    await client.request('POST /work_pools/{name}/workers/beat', { params: { name: 'etl' }, body: beat });
    await client.request('POST /work_pools/{name}/claim', { params: { name: 'etl' }, body: { worker_id } });
  };
  const table = await child('process-table-etl', { table: 'public.flights' });
  await claim('worker-1');
  const cleanup = await child('cleanup-flow-2', { main: main.id });
  await claim('worker-2');
  for (const run of [table, cleanup]) await setState(run, 'RUNNING');
  await client.request('PUT /flow_runs/{id}/progress', { params: { id: table.id }, body: { label: 'rows', done: 1500 } });
  return { main, table, cleanup };
}

/** What stands on a stream that is no terminal, without the times. */
function plainLines(): { live: ReturnType<typeof createLive>; lines: () => string[] } {
  const stream = new PassThrough({ encoding: 'utf8' });
  const live = createLive(stream as unknown as NodeJS.WriteStream);
  return {
    live,
    lines: () =>
      String(stream.read() ?? '')
        .replaceAll(/^\S+ /gm, '')
        .trimEnd()
        .split('\n'),
  };
}

test('a clean-up is shown by the name of its flow and without rows, in the live region and in plain lines', async () => {
  const { main, table, cleanup } = await startJob();
  const read = createSnapshots(client, { main: main.id, workers: ['worker-1', 'worker-2', 'worker-3'], tag: 'database' });
  const { live, lines } = plainLines();
  const show = (snapshot: Snapshot) => toLines(snapshot, 1, (_, text) => text).map((line) => line.trimEnd());

  const snapshot = await read();
  expect(show(snapshot)).toEqual([
    expect.stringMatching(/^● worker-1 {2}public\.flights +1,500 rows +\S+ rows\/s$/),
    '● worker-2  cleanup-flow-2',
    '○ worker-3  waiting',
    expect.stringMatching(/^0\/1 done · 1 running · 0 queued · 0 failed/),
  ]);
  live.show(snapshot);
  live.show(await read());
  expect(lines()).toEqual(['public.flights Running on worker-1, 0/1 done', 'cleanup-flow-2 Running on worker-2']);

  await setState(table, 'COMPLETED');
  await setState(cleanup, 'COMPLETED');
  const after = await read();
  live.show(after);
  expect(lines()).toEqual(['public.flights Completed on worker-1, 1/1 done', 'cleanup-flow-2 Completed on worker-2']);
  expect(show(after).slice(0, 2)).toEqual(['○ worker-1  waiting', '○ worker-2  waiting']);
});

test('a table that is being loaded has been read whole', async () => {
  const { main, table } = await startJob();
  await client.request('PUT /flow_runs/{id}/progress', { params: { id: table.id }, body: { label: 'loading', done: 0, total: 3000 } });
  const snapshot = await createSnapshots(client, { main: main.id, workers: ['worker-1'], tag: 'database' })();
  expect(snapshot.workers[0]).toMatchObject({ title: 'public.flights', rows: 3000 });
});
