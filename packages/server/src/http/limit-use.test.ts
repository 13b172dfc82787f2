import type { LimitUse } from '@sluice/core/model/limit-use';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let flow_id: string;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  flow_id = (await post('/flows/', { name: 'flow' })).id;
});
afterAll(() => server.stop());

const post = async (path: string, body: unknown, headers: Call['headers'] = {}) =>
  (await call(server.url, 'POST', path, { body, headers })).json as { id: string; lease_id: string };
const running = async (name: string) => (await post('/flow_runs/', { flow_id, name, state: { type: 'RUNNING' } })).id;
const limits = async (query = '') => (await call(server.url, 'GET', `/limits${query}`)).json as LimitUse[];
const limit = async (name: string) => (await limits()).find((each) => each.name === name);
const names = (parties: LimitUse['waiters'] | undefined) => parties?.map(({ flow_run_name }) => flow_run_name);

/** A worker that claims what is there, one run at a time; the ids of what it got. */
async function claims(pool: string, count: number): Promise<string[]> {
  const worker_id = uuidv7();
  const beat = { worker_id, name: `of-${pool}`, concurrency_limit: 9, heartbeat_interval_seconds: 10, host: 'h', pid: 1, leases: [] };
  await post(`/work_pools/${pool}/workers/beat`, beat);
  const claimed: string[] = [];
  while (claimed.length < count) {
    const runs = (await post(`/work_pools/${pool}/claim`, { worker_id, wait_seconds: 30 })) as unknown as { flow_run: { id: string } }[];
    claimed.push(...runs.map(({ flow_run }) => flow_run.id));
  }
  return claimed;
}

test('a tag’s limit shows the tasks that hold its slots, and those that wait, in their order', async () => {
  await post('/v2/concurrency_limits/', { name: 'tag:db', limit: 1 });
  const held = { run: await running('holding'), task: uuidv7() };
  const ask = (run: string, task: string) =>
    post(
      '/v2/concurrency_limits/increment-with-lease',
      {
        names: ['tag:db'],
        slots: 1,
        lease_duration: 60,
        holder: { type: 'task_run', id: task },
        within: [
          { type: 'task_run', id: task },
          { type: 'flow_run', id: run },
        ],
      },
      { prefer: 'wait=50' },
    );
  const { lease_id } = await ask(held.run, held.task);
  await post('/task_runs/', { id: held.task, flow_run_id: held.run, task_key: 'load', dynamic_key: '0', name: 'load-1' });
  const waiting = [ask(await running('second'), uuidv7())];
  await eventually(async () => expect((await limit('db'))?.waiting).toBe(1));
  const third = { run: await running('third'), task: uuidv7() };
  waiting.push(ask(third.run, third.task));
  await eventually(async () => expect((await limit('db'))?.waiting).toBe(2));
  const shown = await limit('db');
  expect(shown).toMatchObject({ kind: 'tag', limit: 1, used: 1, active: true, paused: false });
  expect(shown?.holders).toMatchObject([
    {
      flow_run_id: held.run,
      flow_run_name: 'holding',
      task_run_id: held.task,
      task_run_name: 'load-1',
      slots: 1,
      worker_name: null,
      reserved: false,
    },
  ]);
  const [holder] = shown?.holders ?? [];
  expect(Date.parse(holder?.until ?? '') - Date.parse(holder?.since ?? '')).toBeGreaterThan(50_000);
  expect(names(shown?.waiters)).toEqual(['second', 'third']);
  await post('/v2/concurrency_limits/decrement-with-lease', { lease_id });
  await post('/v2/concurrency_limits/decrement-with-lease', { lease_id: (await waiting[0])?.lease_id });
  await waiting[1];
  await post('/task_runs/', { id: third.task, flow_run_id: third.run, task_key: 'load', dynamic_key: '0' });
  await eventually(async () => expect(await limit('db')).toMatchObject({ used: 1, waiting: 0, holders: [{ flow_run_name: 'third' }] }));
});

test('pools, queues and deployments show the runs that hold their slots with their worker, and those that are due', async () => {
  await post('/work_pools/', { name: 'etl', concurrency_limit: 1 });
  await post('/work_pools/etl/queues', { name: 'urgent', priority: 1, concurrency_limit: 5 });
  const deployment = (queue: string, name: string) =>
    post('/deployments/', { flow_id, name, work_pool_name: 'etl', work_queue_name: queue, concurrency_limit: 2 });
  const [slow, fast] = [await deployment('default', 'slow'), await deployment('urgent', 'fast')];
  const start = ({ id }: { id: string }, name: string) => post(`/deployments/${id}/create_flow_run`, { name });
  const first = await start(slow, 'first');
  expect(await claims('etl', 1)).toEqual([first.id]);
  await start(slow, 'late');
  await start(slow, 'later');
  await start(fast, 'quick');
  const [pool, urgent, ofSlow] = await Promise.all([limit('etl'), limit('etl/urgent'), limit('flow/slow')]);
  expect(pool).toMatchObject({ kind: 'work_pool', used: 1, waiting: 3, holders: [{ flow_run_name: 'first', worker_name: 'of-etl' }] });
  expect(pool?.holders[0]?.until).not.toBeNull();
  expect(names(pool?.waiters)).toEqual(['quick', 'late', 'later']);
  expect(urgent).toMatchObject({ kind: 'work_queue', used: 0, waiting: 1, holders: [] });
  expect(ofSlow).toMatchObject({ kind: 'deployment', limit: 2, used: 1, waiting: 2, holders: [{ flow_run_id: first.id }] });
});

test('one kind, or one alone, is shown when it is asked for; that one also without a limit', async () => {
  const { id } = await post('/work_pools/', { name: 'free' });
  expect(await limit('free')).toBeUndefined();
  expect(await limits(`?id=${id}`)).toMatchObject([{ kind: 'work_pool', name: 'free', limit: null, used: 0, waiting: 0 }]);
  expect(new Set((await limits('?kind=work_queue')).map(({ kind }) => kind))).toEqual(new Set(['work_queue']));
  expect(await call(server.url, 'GET', '/limits?kind=worker')).toMatchObject({ status: 422 });
});
