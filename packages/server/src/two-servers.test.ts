import { createClient } from '@sluice/client';
import { followEvents } from '@sluice/client/events';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openDatabase } from './db/database.ts';
import { call } from './testing/http-call.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

let one: TestServer;
let two: TestServer;
let flow_id: string;

beforeAll(async () => {
  one = await startTestServer(inject('postgres'));
  two = await startTestServer(inject('postgres'), { database_url: one.databaseUrl });
  flow_id = (await post(one, '/flows/', { name: 'flow' })).json.id;
});
afterAll(async () => {
  await two.stop();
  await one.stop();
});

const post = async (server: TestServer, path: string, body: unknown, headers: { [name: string]: string } = {}) => {
  const { status, json } = await call(server.url, 'POST', path, { body, headers });
  return { status, json: json as { id: string; state: { id: string }; lease_id: string } };
};

interface Claimed {
  readonly flow_run: { id: string };
  readonly epoch: number;
}

async function worker(server: TestServer, pool: string, limit: number) {
  const worker_id = uuidv7();
  const beat = { worker_id, name: worker_id, concurrency_limit: limit, heartbeat_interval_seconds: 10, host: 'h', pid: 1, leases: [] };
  await post(server, `/work_pools/${pool}/workers/beat`, beat);
  return async (wait_seconds: number) => (await post(server, `/work_pools/${pool}/claim`, { worker_id, wait_seconds })).json as unknown as Claimed[];
}

const schedule = async (server: TestServer, pool: string) =>
  (await post(server, '/flow_runs/', { flow_id, work_pool_name: pool, state: { type: 'SCHEDULED' } })).json.id;

const setState = (server: TestServer, id: string, type: string) => post(server, `/flow_runs/${id}/set_state`, { state: { type } });

describe('two servers on one database', () => {
  test('a worker at one is woken by a run that is made at the other', async () => {
    await post(one, '/work_pools/', { name: 'woken' });
    const claim = await worker(two, 'woken', 1);
    const waiting = claim(20);
    const id = await schedule(one, 'woken');
    expect((await waiting).map(({ flow_run }) => flow_run.id)).toEqual([id]);
  });

  test('what happens at one is told by the stream of the other, and who comes back goes on at either', async () => {
    const far = createClient({ apiUrl: two.url });
    const near = createClient({ apiUrl: one.url });
    const { id } = (await post(one, '/flow_runs/', { flow_id, state: { type: 'SCHEDULED' } })).json;
    const told: string[] = [];
    const stop = new AbortController();
    for await (const each of followEvents(far, { topics: ['flow_run', 'log', 'progress'], flow_run_id: id }, stop.signal)) {
      told.push(each.topic === 'flow_run' && 'state' in each.data ? each.data.state.type : each.topic);
      if (each.topic === 'ready') await setState(one, id, 'RUNNING');
      if (told.at(-1) === 'RUNNING') {
        await post(one, '/logs/', [{ name: 'n', level: 20, message: 'hello', timestamp: '2026-01-01T00:00:00Z', flow_run_id: id }]);
        await near.request('PUT /flow_runs/{id}/progress', { params: { id }, body: { label: 'rows', done: 1 } });
      }
      if (told.length === 4) await setState(two, id, 'COMPLETED');
      if (told.at(-1) === 'COMPLETED') stop.abort();
    }
    expect(told.slice(0, 2)).toEqual(['ready', 'RUNNING']);
    expect(told.slice(2).sort()).toEqual(['COMPLETED', 'log', 'progress']);
    await Promise.all([near.close(), far.close()]);
  });

  test('a slot that is freed at one goes to who waits at the other', async () => {
    await post(one, '/work_pools/', { name: 'freed', concurrency_limit: 1 });
    const [here, there] = [await worker(one, 'freed', 5), await worker(two, 'freed', 5)];
    const first = await schedule(one, 'freed');
    expect(await here(20)).toHaveLength(1);
    const second = await schedule(one, 'freed');
    const waiting = there(20);
    await setState(one, first, 'COMPLETED');
    expect((await waiting)[0]?.flow_run.id).toBe(second);
  });

  test('no run is claimed twice, and the pool’s limit is exact', async () => {
    await post(one, '/work_pools/', { name: 'exact', concurrency_limit: 4 });
    const ids = await Promise.all(Array.from({ length: 24 }, (_, index) => schedule(index % 2 ? one : two, 'exact')));
    const claims = await Promise.all([one, two, one, two].map((server) => worker(server, 'exact', 3)));
    const claimed: string[] = [];
    let done = 0;
    await Promise.all(
      claims.map(async (claim, index) => {
        while (done < ids.length) {
          const runs = await claim(1);
          claimed.push(...runs.map(({ flow_run }) => flow_run.id));
          for (const { flow_run } of runs) {
            await setState(index % 2 ? one : two, flow_run.id, 'COMPLETED'); // at the other server
            done += 1;
          }
        }
      }),
    );
    const histories = new Map<string, { type: string; timestamp: string }[]>();
    for (const id of ids) histories.set(id, (await call(one.url, 'GET', `/flow_run_states/?flow_run_id=${id}`)).json as []);
    const twice = claimed.filter((id, index) => claimed.indexOf(id) !== index);
    expect(twice.map((id) => histories.get(id))).toEqual([]);
    expect(claimed.toSorted()).toEqual(ids.toSorted());
    // A claim whose worker did not wait long enough is handed back: it holds its slot from PENDING to whatever comes next.
    const moments = [...histories.values()].flatMap((states) =>
      states.flatMap(({ type, timestamp }, index) => {
        const by = Number(type === 'PENDING') - Number(states[index - 1]?.type === 'PENDING');
        return by === 0 ? [] : [{ by, timestamp }];
      }),
    );
    let active = 0;
    let most = 0;
    for (const { by } of moments.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : Number(a.timestamp > b.timestamp)))) {
      active += by;
      most = Math.max(most, active);
    }
    expect(most).toBeLessThanOrEqual(4);
  });

  test('who waits for a run at one server is told of its end at the other', async () => {
    const { id, state } = (await post(one, '/flow_runs/', { flow_id })).json;
    const waiting = post(two, '/flow_runs/wait', { ids: [id], since: { [id]: state.id }, wait_seconds: 20 });
    await setState(one, id, 'COMPLETED');
    expect((await waiting).json).toMatchObject({ done: true, flow_runs: [{ id, state_type: 'COMPLETED' }] });
  });

  test('who waits is told of it among so many others that one message does not hold them', async () => {
    const runs = await Promise.all(Array.from({ length: 400 }, () => post(one, '/flow_runs/', { flow_id })));
    const [{ id, state }] = [runs.at(-1)?.json as { id: string; state: { id: string } }];
    const waiting = post(two, '/flow_runs/wait', { ids: [id], since: { [id]: state.id }, wait_seconds: 20 });
    await call(two.url, 'GET', '/ready');
    await Promise.all(runs.map(({ json }) => setState(one, json.id, 'COMPLETED')));
    expect((await waiting).json).toMatchObject({ done: true });
  });

  test('who waits at one for a slot has it when it is given back at the other', async () => {
    await post(one, '/v2/concurrency_limits/', { name: 'shared', limit: 1 });
    const lease = (server: TestServer, prefer = '') =>
      post(server, '/v2/concurrency_limits/increment-with-lease', { names: ['shared'], slots: 1 }, prefer ? { prefer } : {});
    const { lease_id } = (await lease(one)).json;
    const waiting = lease(two, 'wait=20');
    await call(two.url, 'GET', '/ready');
    await post(one, '/v2/concurrency_limits/decrement-with-lease', { lease_id });
    expect((await waiting).status).toBe(200);
  });

  test('the same create at both makes one record', async () => {
    const body = { flow_id, idempotency_key: 'both' };
    const answers = await Promise.all([one, two, one, two].map((server) => post(server, '/flow_runs/', body)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 201]);
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
  });

  test('states that are proposed at both at the same moment come one after the other', async () => {
    const { id } = (await post(one, '/flow_runs/', { flow_id })).json;
    await Promise.all(Array.from({ length: 20 }, (_, index) => setState(index % 2 ? one : two, id, 'RUNNING')));
    const { json } = await call(one.url, 'GET', `/flow_runs/${id}`);
    const states = (await call(one.url, 'GET', `/flow_run_states/?flow_run_id=${id}`)).json as { timestamp: string; type: string }[];
    expect(json).toMatchObject({ run_count: 20 });
    expect(states).toHaveLength(21);
    expect(new Set(states.map(({ timestamp }) => timestamp)).size).toBe(21);
  });

  test('goes on when all connections to the database have died', async () => {
    await post(one, '/v2/concurrency_limits/', { name: 'survives', limit: 1 });
    const lease = (server: TestServer, prefer = '') =>
      post(server, '/v2/concurrency_limits/increment-with-lease', { names: ['survives'], slots: 1 }, prefer ? { prefer } : {});
    const admin = openDatabase(inject('postgres'), { max: 1 });
    const { pathname } = new URL(one.databaseUrl);
    await admin.sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${pathname.slice(1)}`;
    await admin.close();
    // A slot goes from one server to the other by their news alone: as soon as they hear of each other again it does so at once.
    for (let heard = false; !heard; ) {
      const { status, json } = await lease(one);
      if (status !== 200) continue;
      const waiting = lease(two, 'wait=1');
      await call(two.url, 'GET', '/ready');
      await post(one, '/v2/concurrency_limits/decrement-with-lease', { lease_id: json.lease_id });
      const granted = await waiting;
      heard = granted.status === 200;
    }
  });
});
