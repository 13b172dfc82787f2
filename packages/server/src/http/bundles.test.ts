import { type Client, createClient } from '@sluice/client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { pruneBundles } from '../store/bundles.ts';
import { aBundle } from '../testing/a-bundle.ts';
import { startTestServer, type TestServer } from '../testing/index.ts';

let server: TestServer;
let client: Client;
let database: Database;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'), { bundle_mb: '1' });
  client = createClient({ apiUrl: server.url });
  database = openDatabase(server.databaseUrl, { max: 1 });
});
afterAll(async () => {
  await Promise.all([client.close(), database.close()]);
  await server.stop();
});

const begin = (body: ReturnType<typeof aBundle>['said']) => client.request('POST /bundles/', { body });
const send = (id: string, body: { data: string }, index = '0') => client.request('PUT /bundles/{id}/chunks/{index}', { params: { id, index }, body });
const check = (id: string) => client.request('POST /bundles/{id}/check', { params: { id } });

async function store(content: string) {
  const { said, chunk } = aBundle(content);
  const { id } = await begin(said);
  await send(id, chunk);
  return check(id);
}

async function deploy(name: string, bundle: string | null, more: object = {}) {
  const { id: flow_id } = await client.request('POST /flows/', { body: { name: 'bundled' } });
  return client.request('POST /deployments/', { body: { name, flow_id, bundle, entrypoint: 'flows.ts:bundled', ...more } });
}

const start = (id: string, body = {}) => client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body });
const age = () => database.sql`update bundle set updated = now() - interval '2 days'`;
const prune = (days = 1) => client.request('POST /bundles/prune', { body: { days } });

describe('a bundle', () => {
  test('is there when all of it has come and is what its name says, and not before', async () => {
    const { said, chunk } = aBundle('in two steps');
    const { id, checked } = await begin(said);
    expect(checked).toBeNull();
    await expect(check(id)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('it lacks chunk 0') });
    await send(id, chunk);
    await expect(client.request('GET /bundles/{name}', { params: { name: said.name } })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const stored = await check(id);
    expect(stored).toMatchObject({ name: said.name, files: 1, deployments: [], unfinished_runs: 0 });
    expect(await client.request('GET /bundles/{name}/chunks/{index}', { params: { name: said.name, index: '0' } })).toEqual(chunk);
  });

  test('that comes again is the one that is there', async () => {
    const first = await store('twice');
    expect(await begin(aBundle('twice').said)).toMatchObject({ id: first.id, checked: first.checked });
    await send(first.id, { data: 'AAAA' }); // nothing can be changed in it
    expect(await check(first.id)).toMatchObject({ id: first.id });
  });

  test('that comes twice at once is there once', async () => {
    const { said, chunk } = aBundle('at once');
    const uploads = await Promise.all([begin(said), begin(said)]);
    await Promise.all(uploads.map(({ id }) => send(id, chunk)));
    const [one, other] = await Promise.all(uploads.map(({ id }) => check(id)));
    expect(one?.id).toBe(other?.id);
  });

  test.each([
    { what: 'changed on its way', unpacked: Buffer.from('something else'), says: 'it changed on its way' },
    { what: 'holds more than it may', unpacked: Buffer.alloc(1_100_000), says: 'it holds more than 1 MB' },
  ])('that $what is refused, and has to come anew', async ({ unpacked, says }) => {
    const { said, chunk } = aBundle('as it was', unpacked);
    const { id } = await begin({ ...said, unpacked_bytes: 9 });
    await send(id, chunk);
    await expect(check(id)).rejects.toMatchObject({ code: 'BUNDLE_BROKEN', message: expect.stringContaining(says), hint: 'Deploy again.' });
    await expect(check(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('that is no gzip is refused', async () => {
    const { id } = await begin(aBundle('no gzip').said);
    await send(id, { data: 'AAAA' });
    await expect(check(id)).rejects.toMatchObject({ code: 'BUNDLE_BROKEN', message: expect.stringContaining('it cannot be unpacked') });
  });

  test('beyond the limit is refused before anything of it comes', async () => {
    await expect(begin({ ...aBundle('large').said, unpacked_bytes: 1_000_001 })).rejects.toMatchObject({
      code: 'BUNDLE_TOO_LARGE',
      message: 'The bundle is larger than 1 MB, the most that this server takes.',
    });
  });
});

describe('a run', () => {
  test('keeps the bundle, and the place in it, that its deployment had when it was made', async () => {
    const [one, two] = [await store('version one'), await store('version two')];
    const { id } = await deploy('kept', one.name, { version: '1' });
    const before = await start(id);
    await deploy('kept', two.name, { version: '2', entrypoint: 'moved.ts:bundled' });
    const after = await start(id);
    expect([before.bundle, after.bundle]).toEqual([one.name, two.name]);
    const older = await start(id, { version: '1' });
    expect(older).toMatchObject({ bundle: one.name, deployment_version: '1' });
    expect(await start(id, { version: two.name.slice(0, 12) })).toMatchObject({ bundle: two.name, deployment_version: '2' });
    await expect(start(id, { version: '3' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'Version "3" of bundled/kept not found',
      hint: 'The newest ones are: 2, 1.',
    });
  });

  test('is made of no bundle that is not there', async () => {
    await expect(deploy('nowhere', 'f'.repeat(64))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('bundles that a deployment or an unfinished run names are kept, and the others removed after their time', async () => {
  const [named, queued, ended, free] = [await store('named'), await store('queued'), await store('ended'), await store('free')];
  const { id } = await deploy('pruned', queued.name);
  await start(id);
  await deploy('pruned', ended.name);
  const run = await start(id);
  await client.request('POST /flow_runs/{id}/set_state', { params: { id: run.id }, body: { state: { type: 'COMPLETED' }, force: true } });
  await deploy('pruned', named.name);
  expect((await prune()).names).not.toContain(free.name); // it is too young
  await age();
  const { names } = await prune();
  expect(names).toEqual(expect.arrayContaining([ended.name, free.name]));
  for (const { name } of [named, queued]) expect(names).not.toContain(name);
  const list = await client.request('POST /bundles/filter', { body: { name_like: queued.name.slice(0, 20) } });
  expect(list).toMatchObject([{ deployments: [], unfinished_runs: 1 }]);
  expect(await client.request('GET /bundles/{name}', { params: { name: named.name } })).toMatchObject({ deployments: ['bundled/pruned'] });
});

test('an upload that nobody ends is given up', async () => {
  const { id } = await begin(aBundle('given up').said);
  await age();
  await pruneBundles(database.sql, 30, 20);
  await expect(check(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
