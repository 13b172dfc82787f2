import { join } from 'node:path';
import { type Client, createClient, pageAll } from '@sluice/client';
import { followEvents } from '@sluice/client/events';
import type { State } from '@sluice/core/model/state';
import { isFinal } from '@sluice/core/model/state-type';
import { etlPaths, listWarehouse, readLedger } from '@sluice/etl';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { call } from '../../packages/server/src/testing/http-call.ts';
import { eventually } from '../support/eventually.ts';
import { type Job, sluice } from '../support/job.ts';
import { startNginx } from '../support/nginx.ts';
import { seconds } from '../support/patience.ts';
import { startTwoServers, type TwoServers } from '../support/two-servers.ts';

/*
 * Two servers, each a process with a home of its own, on one PostgreSQL and behind nginx with the file of deploy/. Everybody knows the
 * address of nginx alone.
 */

const KEY = 'k-0123456789abcdef';
const TABLES = 7;

let servers: TwoServers;
let client: Client;

beforeAll(async () => {
  servers = await startTwoServers(inject('postgres'), { SLUICE_API_KEY: KEY });
  client = createClient({ apiUrl: servers.url, apiKey: KEY, patienceSeconds: 60 });
}, seconds(120));
afterAll(async () => {
  await client.close();
  await servers.close();
});

const etl = (home: string, ...more: string[]) =>
  sluice(home, ['etl', '--api-url', servers.url, '--tables', `${TABLES}`, '--sample', '0.05', '-o', 'json', ...more], servers.environment);

/** So many tables are being loaded, or have been, in a main run that has begun after `since`. */
const tablesBegun = (since: string, count: number) =>
  eventually(async () => {
    const body = {
      flows: { name: { any_: ['process-table-etl'] } },
      flow_runs: { state: { type: { any_: ['RUNNING' as const, 'COMPLETED' as const] } }, expected_start_time: { after_: since } },
    };
    expect(await client.request('POST /flow_runs/count', { body })).toBeGreaterThanOrEqual(count);
  }, 90);

/** Every table is in the warehouse once, with as many rows as were read, and every run of the job has run once and ended well. */
async function expectWhole(home: string, { report, code, told }: Awaited<Job['ended']>, since: string): Promise<void> {
  expect(code, told).toBe(0);
  expect(report?.totals).toMatchObject({ tables: TABLES, verified: TABLES });
  const names = report?.tables.map(({ table }) => table).sort();
  const { warehouse } = etlPaths(home);
  expect((await readLedger(warehouse)).map(({ table_name }) => `public.${table_name}`).sort()).toEqual(names);
  const rows = new Map((await listWarehouse(warehouse)).map(({ schema, name, rows: count }) => [`${schema}.${name}`, count]));
  expect(report?.tables.map(({ table }) => rows.get(table))).toEqual(report?.tables.map(({ rows_read }) => rows_read));
  const runs = await pageAll((page) =>
    client.request('POST /flow_runs/filter', { body: { ...page, flow_runs: { expected_start_time: { after_: since } } } }),
  );
  expect(runs.filter(({ state_type }) => state_type !== 'COMPLETED').map(({ name, state_name }) => [name, state_name])).toEqual([]);
  for (const run of runs) {
    const states: State[] = await client.request('GET /flow_run_states/', { query: { flow_run_id: run.id } });
    const began = states.filter(({ name }) => name === 'Running');
    expect(new Set(began.map(({ state_details }) => state_details.transition_id)).size, JSON.stringify(states)).toBe(began.length);
    expect(run.run_count, JSON.stringify(states)).toBe(1);
  }
}

const now = () => new Date().toISOString();

test('claims, waits, slots and events work whichever server is asked, and nothing is lost on the way', { timeout: seconds(60) }, async () => {
  const headers = { authorization: `Bearer ${KEY}` };
  const post = async (url: string, path: string, body: unknown, more = {}) => {
    const { status, json, headers: told } = await call(url, 'POST', path, { body, headers: { ...headers, ...more } });
    return { status, json: json as never as { id: string; lease_id: string; done: boolean; state: { id: string } }, told };
  };
  const { json: flow, told } = await post(servers.url, '/flows/', { name: 'either' });
  expect(told).toHaveProperty('x-sluice');
  await post(servers.url, '/work_pools/', { name: 'either' });
  const worker_id = uuidv7();
  const beat = { worker_id, name: 'w', concurrency_limit: 9, heartbeat_interval_seconds: 10, host: 'h', pid: 1, leases: [] };
  await post(servers.url, '/work_pools/either/workers/beat', beat);

  // A claim waits at one of them; the run is made at each in turn, and lives on with its lease at whichever is asked.
  for (const at of [servers.direct(0), servers.direct(1), servers.url, servers.url]) {
    const claim = call(servers.url, 'POST', '/work_pools/either/claim', { body: { worker_id, wait_seconds: 30 }, headers });
    const { json: run } = await post(at, '/flow_runs/', { flow_id: flow.id, work_pool_name: 'either', state: { type: 'SCHEDULED' } });
    const [claimed] = (await claim).json as { flow_run: { id: string }; epoch: number; token: string }[];
    expect(claimed?.flow_run.id).toBe(run.id);
    const lease = { 'x-sluice-lease': `${run.id}:${claimed?.epoch}`, authorization: `Bearer ${claimed?.token}` };
    const foreign = await post(servers.url, `/flow_runs/${run.id}/set_state`, { state: { type: 'RUNNING' } }, { 'x-sluice-lease': `${run.id}:99` });
    expect(foreign.json, 'the header of the lease arrives').toMatchObject({ status: 'ABORT' });
    const wait = post(servers.url, '/flow_runs/wait', { ids: [run.id], since: {}, wait_seconds: 30 });
    expect((await wait).json).toMatchObject({ done: false });
    for (const type of ['RUNNING', 'COMPLETED']) {
      const { json } = await post(servers.url, `/flow_runs/${run.id}/set_state`, { state: { type } }, lease);
      expect(json, 'its token is known at both').toMatchObject({ status: 'ACCEPT' });
    }
  }

  await post(servers.url, '/v2/concurrency_limits/', { name: 'either', limit: 1 });
  const slot = (wait: number) =>
    post(servers.url, '/v2/concurrency_limits/increment-with-lease', { names: ['either'], slots: 1, lease_id: uuidv7() }, { prefer: `wait=${wait}` });
  let held = await slot(5);
  for (let turn = 0; turn < 4; turn++) {
    const next = slot(30);
    await post(servers.url, '/v2/concurrency_limits/decrement-with-lease', { lease_id: held.json.lease_id });
    held = await next;
    expect(held.status).toBe(200);
  }

  // Each event comes before the next thing is done: nothing on the way gathers them.
  const { json: run } = await post(servers.url, '/flow_runs/', { flow_id: flow.id });
  const heard: string[] = [];
  const done = new AbortController();
  const next = { ready: 'RUNNING', RUNNING: 'COMPLETED' } as { [told: string]: string };
  for await (const each of followEvents(client, { topics: ['flow_run'], flow_run_id: run.id }, done.signal)) {
    const name = each.topic === 'flow_run' && 'state' in each.data ? each.data.state.type : each.topic;
    heard.push(name);
    if (next[name]) await post(servers.direct(heard.length % 2 ? 0 : 1), `/flow_runs/${run.id}/set_state`, { state: { type: next[name] } });
    if (name === 'COMPLETED') done.abort();
  }
  expect(heard).toEqual(['ready', 'RUNNING', 'COMPLETED']);
});

test('a server that is killed in the middle of a job is missed by nobody', { timeout: seconds(240) }, async () => {
  const home = join(servers.folder, 'job');
  const since = now();
  const job = etl(home);
  await tablesBegun(since, 2);
  const [main] = await client.request('POST /flow_runs/filter', { body: { flows: { name: { any_: ['main-etl-job'] } }, limit: 1 } });
  const watched = sluice(join(servers.folder, 'person'), ['flow-run', 'watch', main?.id ?? '', '--api-url', servers.url], servers.environment);
  await tablesBegun(since, 3);
  await servers.stop(0, 'SIGKILL');
  const [ended, { code, said, told }] = await Promise.all([job.ended, watched.ended]);
  await servers.start(0);
  await expectWhole(home, ended, since);
  expect(code, told).toBe(0);
  expect(said + told).toMatch(/Completed/);
});

test('servers are started again one after the other in the middle of a job, and nobody notices', { timeout: seconds(240) }, async () => {
  const home = join(servers.folder, 'rolling');
  const since = now();
  const job = etl(home);
  await tablesBegun(since, 1);
  for (const which of [0, 1] as const) {
    await servers.stop(which, 'SIGTERM');
    await servers.start(which);
  }
  await expectWhole(home, await job.ended, since);
});

test('after all of that no run is left open, and no lease', async () => {
  const runs = await pageAll((page) => client.request('POST /flow_runs/filter', { body: page }));
  const open = runs.filter(({ state_type, deployment_id }) => deployment_id && !isFinal(state_type as never));
  expect(open.map(({ name, state_name }) => [name, state_name])).toEqual([]);
});

test('where nginx gives up sooner than a long poll ends, who waits asks for less, and is answered', { timeout: seconds(60) }, async () => {
  const hasty = await startNginx(servers.ports, [['proxy_read_timeout 75s', 'proxy_read_timeout 2s']]);
  const through = createClient({ apiUrl: hasty.url, apiKey: KEY, patienceSeconds: 30 });
  try {
    const { id: flow_id } = await client.request('POST /flows/', { body: { name: 'hasty' } });
    const run = await client.request('POST /flow_runs/', { body: { flow_id, state: { type: 'PENDING' } } });
    const since = { [run.id]: run.state_id as string };
    expect(await through.request('POST /flow_runs/wait', { body: { ids: [run.id], since } }), 'nothing has happened').toMatchObject({ done: false });
    const ended = through.request('POST /flow_runs/wait', { body: { ids: [run.id], since } });
    await client.request('POST /flow_runs/{id}/set_state', { params: { id: run.id }, body: { state: { type: 'FAILED' } } });
    expect(await ended).toMatchObject({ done: true });

    // A stream says something every 15 s: cut off meanwhile, it goes on where it was.
    const done = new AbortController();
    const other = await client.request('POST /flow_runs/', { body: { flow_id, state: { type: 'PENDING' } } });
    const heard: string[] = [];
    for await (const each of followEvents(through, { topics: ['flow_run'], flow_run_id: other.id }, done.signal)) {
      heard.push(each.topic === 'flow_run' && 'state' in each.data ? each.data.state.type : each.topic);
      if (each.topic === 'ready')
        void through
          .request('POST /flow_runs/wait', { body: { ids: [other.id], since: { [other.id]: other.state_id as string }, wait_seconds: 5 } })
          .then(() => client.request('POST /flow_runs/{id}/set_state', { params: { id: other.id }, body: { state: { type: 'FAILED' } } }));
      else done.abort();
    }
    expect(heard).toEqual(['ready', 'FAILED']);
  } finally {
    await through.close();
    await hasty.stop();
  }
});
