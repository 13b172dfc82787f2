import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { leaseHeaders } from '@sluice/core/api/lease-header';
import type { ClaimedRun } from '@sluice/core/model/worker';
import { resolveSettings } from '@sluice/core/settings/settings';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { startServer } from '../server.ts';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const KEY = 'k-0123456789abcdef';
const WORD = 'canary4711';
const URL_OF = `postgres://reader:${WORD}@db.example.com:5433/shop?sslmode=require`;
let server: TestServer;
let pools = 0;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'), { api_key: KEY });
});
afterAll(() => server.stop());

const sender =
  (key: string, headers = {}) =>
  (method: string, path: string, request: Call = {}) =>
    call(server.url, method, path, { ...request, headers: { authorization: `Bearer ${key}`, ...headers } });
const admin = sender(KEY);
const set = (name: string, url = URL_OF) => admin('POST', '/sources/', { body: { name, url, set_by: 'ada@here' } });
const readUrl = (send: ReturnType<typeof sender>, name: string) => send('POST', '/sources/url', { body: { name } });

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(server.databaseUrl);
  await client.connect();
  return (await client.query<Record<string, unknown>>(sql).finally(() => client.end())).rows;
}

/** A run that a worker has claimed, with what it names. */
async function claim({ sources, parameters = {} }: { sources?: string[]; parameters?: object } = {}): Promise<ClaimedRun> {
  const name = `pool-${++pools}`;
  const worker_id = crypto.randomUUID();
  await admin('POST', '/work_pools/', { body: { name } });
  const beat = { worker_id, name, concurrency_limit: 9, heartbeat_interval_seconds: 10, host: 'here', pid: 1, leases: [] };
  await admin('POST', `/work_pools/${name}/workers/beat`, { body: beat });
  const flow = (await admin('POST', '/flows/', { body: { name } })).json as { id: string };
  const body = { name, flow_id: flow.id, work_pool_name: name, enforce_parameter_schema: false, job_variables: sources ? { sources } : {} };
  const deployment = (await admin('POST', '/deployments/', { body })).json as { id: string };
  await admin('POST', `/deployments/${deployment.id}/create_flow_run`, { body: { parameters } });
  const { json } = await admin('POST', `/work_pools/${name}/claim`, { body: { worker_id, wait_seconds: 10 } });
  return (json as ClaimedRun[])[0] as ClaimedRun;
}
const tokenOf = ({ token = '' }: ClaimedRun) => sender(token);
const leaseOf = ({ flow_run, epoch }: ClaimedRun) => sender(KEY, leaseHeaders(flow_run.id, epoch));

describe('a list of sources', () => {
  test('shows names, kind, host and database, and nothing of who logs in', async () => {
    expect(await set('shown')).toMatchObject({ status: 201 });
    expect(await set('shown')).toMatchObject({ status: 200 });
    const { json, text } = await admin('POST', '/sources/filter', { body: { name: 'shown' } });
    expect(json).toEqual([
      expect.objectContaining({
        name: 'shown',
        kind: 'postgres',
        host: 'db.example.com:5433',
        database: 'shop',
        set_by: 'ada@here',
        is_readable: true,
      }),
    ]);
    expect(text).not.toMatch(/reader|canary|sealed/);
  });

  test('has a source no more when that was removed', async () => {
    const { id } = (await set('removed')).json as { id: string };
    expect((await admin('DELETE', `/sources/${id}`)).status).toBe(204);
    expect((await admin('DELETE', `/sources/${id}`)).status).toBe(404);
    expect((await admin('POST', '/sources/filter', { body: { name: 'removed' } })).json).toEqual([]);
  });
});

describe('the URL of a source', () => {
  const NAMED: [string, { sources?: string[]; parameters?: object }, string][] = [
    ['its deployment', { sources: ['other', 'shop'] }, 'shop'],
    ['its parameter source', { parameters: { source: 'shop' } }, 'shop'],
    ['its parameter warehouse', { parameters: { warehouse: 'postgres://etl@db.example.com/dwh' } }, 'postgres://etl@db.example.com/dwh'],
  ];
  test.each(NAMED)('is given to a run that names it in %s, by its token or by its lease', async (_where, names, source) => {
    await set(source);
    const run = await claim(names);
    for (const send of [tokenOf(run), leaseOf(run)]) {
      expect(await readUrl(send, source)).toMatchObject({
        status: 200,
        json: { name: source, url: URL_OF },
        headers: { 'cache-control': 'no-store' },
      });
    }
  });

  test('is refused to a run that does not name it, whatever it has named itself', async () => {
    await set('shop');
    const run = await claim({ sources: ['other'] });
    const refusal = { code: 'FORBIDDEN', detail: `Flow run ${run.flow_run.id} does not name the source "shop", and is not given its URL.` };
    for (const send of [tokenOf(run), leaseOf(run)]) expect(await readUrl(send, 'shop')).toMatchObject({ status: 403, json: refusal });

    // It cannot change what it names, nor borrow the name from a run that it makes.
    const patched = await tokenOf(run)('PATCH', `/flow_runs/${run.flow_run.id}`, { body: { parameters: { source: 'shop' } } });
    expect(patched).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } });
    const holder = { id: crypto.randomUUID(), name: 'script' };
    const body = { flow_id: run.flow_run.flow_id, holder, parameters: { source: 'shop' } };
    const { id } = (await tokenOf(run)('POST', '/flow_runs/', { body })).json as { id: string };
    expect(await readUrl(sender(run.token ?? '', leaseHeaders(id, 1)), 'shop')).toMatchObject({ status: 403, json: refusal });
  });

  test('is refused to a key without a lease, and to a lease that has ended', async () => {
    await set('shop');
    expect(await readUrl(admin, 'shop')).toMatchObject({ status: 403, json: { code: 'FORBIDDEN', hint: expect.any(String) } });
    const run = await claim({ sources: ['shop'] });
    expect(await readUrl(sender(KEY, leaseHeaders(run.flow_run.id, run.epoch + 1)), 'shop')).toMatchObject({ status: 410 });
    const send = tokenOf(run);
    await send('POST', `/flow_runs/${run.flow_run.id}/set_state`, { body: { state: { type: 'RUNNING' } } });
    await send('POST', `/flow_runs/${run.flow_run.id}/set_state`, { body: { state: { type: 'COMPLETED' } } });
    // The token is good for last log lines still.
    expect(await readUrl(send, 'shop')).toMatchObject({ status: 410, json: { code: 'LEASE_EXPIRED' } });
  });

  test('is not there when nobody has set it, and the answer says how', async () => {
    const run = await claim({ sources: ['nowhere'] });
    expect(await readUrl(tokenOf(run), 'nowhere')).toMatchObject({ status: 404, json: { hint: 'Set its URL: sluice source set "nowhere".' } });
  });

  test('is unreadable when the key is lost, and all else works', async () => {
    await set('lost');
    const run = await claim({ sources: ['lost'] });
    const { values } = resolveSettings({ home: `${server.home}-2`, port: '0', database_url: server.databaseUrl, api_key: KEY }, {}, {});
    const beside = await startServer({ settings: values });
    const there = (path: string, body: object) => call(beside.url, 'POST', path, { body, headers: { authorization: `Bearer ${run.token}` } });
    expect(await there('/sources/url', { name: 'lost' })).toMatchObject({
      status: 409,
      json: {
        code: 'SECRET_UNREADABLE',
        detail: 'The URL of the source "lost" cannot be read: it was stored with another key than the one that this server has.',
        hint: expect.stringMatching(/SLUICE_SECRET_KEY or \S+secret\.key; or set the URL again: sluice source set "lost"\.$/),
      },
    });
    expect((await there('/sources/filter', { name: 'lost' })).json).toMatchObject([{ is_readable: false }]);
    expect(beside.notes, 'it says so when it starts').toEqual([expect.stringMatching(/share SLUICE_SECRET_KEY.*lost/)]);
    await beside.stop();
    await rm(values.home, { recursive: true });
  });
});

describe('what cannot be kept is refused, and not repeated', () => {
  test.each([
    ['no URL', JSON.stringify({ name: 'bad', url: WORD })],
    ['a password that is cut in two', JSON.stringify({ name: 'bad', url: `postgres://me:12/${WORD}@host/db` })],
    ['more than a URL has', JSON.stringify({ name: 'bad', url: `postgres://me:${WORD}@host/${'x'.repeat(4000)}` })],
    ['a name with a password', JSON.stringify({ name: `postgres://me:${WORD}@host/db`, url: URL_OF })],
    ['a name with a slash', JSON.stringify({ name: 'a/b', url: URL_OF })],
    ['a field that is none', JSON.stringify({ name: 'bad', url: URL_OF, more: WORD })],
    ['a NUL', JSON.stringify({ name: 'bad', url: `${URL_OF}\0` })],
    ['no JSON', `{"name":"bad","url":"${URL_OF}`],
    ['no text', `{"name":"bad","url":["${URL_OF}"]}`],
  ])('%s', async (_what, raw) => {
    const { status, text, json } = await admin('POST', '/sources/', { raw });
    expect(status).toBe(422);
    expect(json).toMatchObject({ code: expect.any(String), hint: expect.any(String) });
    expect(text).not.toContain(WORD);
    expect((await admin('POST', '/sources/filter', { body: { name: 'bad' } })).json).toEqual([]);
  });
});

test('a URL that was set stands nowhere in the database, in the log or in an answer', async () => {
  await set('hidden');
  const run = await claim({ sources: ['hidden'] });
  expect((await readUrl(tokenOf(run), 'hidden')).text).toContain(WORD);
  const tables = await query(`select tablename as name from pg_tables where schemaname = 'public'`);
  expect(tables.map(({ name }) => name)).toContain('source');
  for (const { name } of tables) {
    expect(await query(`select t::text from "${name}" t where t::text like '%${WORD}%' or t::text like '%reader:%'`), String(name)).toEqual([]);
  }
  const log = join(server.home, 'logs', 'server.log');
  const given = `"source":"hidden","flow_run_id":"${run.flow_run.id}","epoch":1,"msg":"a flow run was given the URL of a source"`;
  await eventually(async () => expect(await readFile(log, 'utf8')).toContain(given));
  for (const name of await readdir(join(server.home, 'logs'))) {
    expect(await readFile(join(server.home, 'logs', name), 'utf8'), name).not.toContain(WORD);
  }
  for (const path of ['/admin/config', '/admin/status', '/admin/version', `/flow_runs/${run.flow_run.id}`]) {
    expect((await admin('GET', path)).text, path).not.toMatch(/canary|secret_key=\w/);
  }
});
