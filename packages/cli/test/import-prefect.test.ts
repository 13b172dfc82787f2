import { type Client, createClient } from '@sluice/client';
import { startTestServer, type TestServer } from '@sluice/server/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createSluice, type Sluice } from './support/sluice.ts';

/** The source is a server of ours: on the wire it is Prefect's. */
let source: TestServer;
let target: TestServer;
let there: Client;
let here: Client;
let sluice: Sluice;

const KEY = 'the-key-of-the-source';

beforeAll(async () => {
  [source, target] = await Promise.all([startTestServer(inject('postgres'), { api_key: KEY }), startTestServer(inject('postgres'))]);
  there = createClient({ apiUrl: source.url, apiKey: KEY });
  here = createClient({ apiUrl: target.url });
  sluice = createSluice({ SLUICE_HOME: target.home, SLUICE_API_URL: target.url });
  await fill(there);
});
afterAll(async () => {
  await Promise.all([there.close(), here.close()]);
  await Promise.all([source.stop(), target.stop()]);
});

async function fill(client: Client): Promise<void> {
  await client.request('POST /work_pools/', { body: { name: 'etl-pool', type: 'process', concurrency_limit: 4, is_paused: true } });
  await client.request('POST /work_pools/{name}/queues', { params: { name: 'etl-pool' }, body: { name: 'high', priority: 1, concurrency_limit: 2 } });
  await client.request('POST /concurrency_limits/', { body: { tag: 'database', concurrency_limit: 3 } });
  await client.request('POST /v2/concurrency_limits/', { body: { name: 'api', limit: 7, slot_decay_per_second: 0.5 } });
  await client.request('POST /variables/', { body: { name: 'limits', value: { rows: [1, 2] }, tags: ['shared'] } });
  const secret = await makeBlock(client, { slug: 'secret', name: 'token', data: { value: 's3cret-text' } });
  await fillPolicies(client);
  const slug = 'warehouse';
  await client.request('POST /block_types/', { body: { name: 'Warehouse', slug } });
  await makeBlock(client, { slug, name: 'main', data: { timeout: 60, password: { $ref: { block_document_id: secret } } } });
  const { id: flow_id } = await client.request('POST /flows/', { body: { name: 'etl', tags: ['tables'] } });
  await client.request('POST /deployments/', {
    body: {
      ...{ name: 'nightly', flow_id, work_pool_name: 'etl-pool', work_queue_name: 'high', concurrency_limit: 2, tags: ['t'] },
      ...{ parameters: { table: 'a' }, job_variables: { env: { A: 'b' } }, entrypoint: 'flows/a.py:etl', path: '/srv' },
      pull_steps: [{ 'prefect.deployments.steps.set_working_directory': { directory: '/srv' } }],
      schedules: [
        { schedule: { cron: '0 6 * * *', timezone: 'Europe/Berlin' }, active: true, parameters: { table: 'b' } },
        { schedule: { interval: 3600, anchor_date: '2026-01-01T00:00:00Z' }, active: false, slug: 'hourly' },
      ],
    },
  });
}

const HOOK = 'http://127.0.0.1:9/hook-of-the-team';

async function fillPolicies(client: Client): Promise<void> {
  const team = await makeBlock(client, { slug: 'slack-webhook', name: 'team', data: { url: HOOK } });
  const unnamed = await makeBlock(client, { slug: 'slack-webhook', name: undefined, data: { url: `${HOOK}-unnamed` } });
  const policies = [
    { state_names: ['Failed', 'Crashed'], tags: ['night'], block_document_id: team, message_template: '{flow_run_name} failed' },
    { state_names: ['Failed', 'Crashed'], tags: ['night'], block_document_id: team, is_active: false },
    { state_names: [], tags: [], block_document_id: unnamed, is_active: false },
    { state_names: [], tags: [], block_document_id: unnamed },
  ];
  for (const body of policies) await client.request('POST /flow_run_notification_policies/', { body });
}

async function makeBlock(client: Client, { slug, name, data }: { slug: string; name: string | undefined; data: object }): Promise<string> {
  const { id: block_type_id } = await client.request('GET /block_types/slug/{slug}', { params: { slug } });
  const [known] = await client.request('POST /block_schemas/filter', { body: { block_schemas: { block_type_id: { any_: [block_type_id] } } } });
  const fields = { title: 'Warehouse', type: 'object', block_type_slug: slug, secret_fields: ['password'], properties: {} };
  const schema = known ?? (await client.request('POST /block_schemas/', { body: { block_type_id, fields } }));
  const body = { name, is_anonymous: name === undefined, data: data as never, block_type_id, block_schema_id: schema.id };
  return (await client.request('POST /block_documents/', { body })).id;
}

const run = (...words: string[]) => sluice.run(['import', 'prefect', ...words]);
const copy = (...words: string[]) => run('--from', source.url, '--api-key', KEY, ...words);

test('a plan is shown, and without a terminal nothing is copied unless that is said', async () => {
  const { code, stdout, stderr } = await copy();
  expect(code).toBe(2);
  expect(stdout).toMatch(/^work pool\tetl-pool\tnew\t$/m);
  expect(stdout).toMatch(/^deployment\tetl\/nightly\tnew\t$/m);
  expect(stderr).toContain('1 schedule is copied inactive');
  expect(stderr).toContain('Nothing was copied. --yes copies without asking.');
  expect(stdout + stderr).not.toContain('s3cret');
  expect(await here.request('POST /flows/count', { body: {} })).toBe(0);
});

test('all is copied as it is, schedules inactive, and a second time there is nothing to copy', async () => {
  await here.request('POST /variables/', { body: { name: 'limits', value: 'mine' } });
  const { code, stdout, stderr } = await copy('--yes');
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('What differs stays as it is here.') });
  expect(stdout).toMatch(/^variable\tlimits\tdiffers\tother tags, value there$/m);
  expect(stdout).toMatch(/^Copied \d+ records\.$/m);

  const pool = { name: 'etl-pool' };
  expect(await here.request('GET /work_pools/{name}', { params: pool })).toMatchObject({ type: 'process', concurrency_limit: 4, is_paused: true });
  const queues = await here.request('POST /work_pools/{name}/queues/filter', { params: pool, body: {} });
  expect(queues.map(({ name, priority, concurrency_limit }) => [name, priority, concurrency_limit])).toEqual(
    expect.arrayContaining([
      ['high', 1, 2],
      ['default', 2, null],
    ]),
  );
  expect(await here.request('GET /concurrency_limits/tag/{tag}', { params: { tag: 'database' } })).toMatchObject({ concurrency_limit: 3 });
  expect(await here.request('GET /v2/concurrency_limits/{id_or_name}', { params: { id_or_name: 'api' } })).toMatchObject({
    limit: 7,
    slot_decay_per_second: 0.5,
  });
  expect(await here.request('GET /variables/name/{name}', { params: { name: 'limits' } })).toMatchObject({ value: 'mine' });
  const block = { slug: 'warehouse', block_document_name: 'main' };
  const route = 'GET /block_types/slug/{slug}/block_documents/name/{block_document_name}';
  expect(await here.request(route, { params: block, query: { include_secrets: 'true' } })).toMatchObject({
    data: { timeout: 60, password: { value: 's3cret-text' } },
    block_document_references: { password: { block_document: { name: 'token' } } },
  });
  const names = { flow_name: 'etl', deployment_name: 'nightly' };
  const [mine, theirs] = await Promise.all(
    [here, there].map((client) => client.request('GET /deployments/name/{flow_name}/{deployment_name}', { params: names })),
  );
  for (const field of ['parameters', 'job_variables', 'tags', 'entrypoint', 'path', 'pull_steps', 'work_queue_name', 'concurrency_limit'] as const) {
    expect(mine?.[field]).toEqual(theirs?.[field]);
  }
  expect(mine?.schedules.map(({ active }) => active)).toEqual([false, false]);
  expect(mine?.schedules).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ schedule: expect.objectContaining({ cron: '0 6 * * *', timezone: 'Europe/Berlin' }), parameters: { table: 'b' } }),
      expect.objectContaining({ schedule: expect.objectContaining({ interval: 3600 }), slug: 'hourly' }),
    ]),
  );

  const again = await copy('--yes', '-o', 'json');
  expect(again.code).toBe(0);
  const records = JSON.parse(again.stdout) as { kind: string; fate: string }[];
  expect(records.filter(({ fate }) => fate !== 'same')).toEqual([
    { kind: 'variable', name: 'limits', fate: 'different', why: 'other tags, value there' },
  ]);
});

test('policies of notifications are copied with their blocks, also those without a name, and one that was changed here stays so', async () => {
  const policies = await here.request('POST /flow_run_notification_policies/filter', { body: {} });
  const told = policies.map(async ({ block_document_id, state_names, tags, is_active, message_template }) => {
    const params = { id: block_document_id };
    const { data, is_anonymous } = await here.request('GET /block_documents/{id}', { params, query: { include_secrets: 'true' } });
    return { state_names, tags, is_active, message_template, url: data['url'], is_anonymous };
  });
  const ofTeam = { state_names: ['Failed', 'Crashed'], tags: ['night'], url: HOOK, is_anonymous: false };
  const all = await Promise.all(told);
  expect(all).toHaveLength(3);
  expect(all).toEqual(
    expect.arrayContaining([
      { ...ofTeam, is_active: true, message_template: '{flow_run_name} failed' },
      { ...ofTeam, is_active: false, message_template: null },
      { state_names: [], tags: [], is_active: true, message_template: null, url: `${HOOK}-unnamed`, is_anonymous: true },
    ]),
  );

  const off = policies.find(({ state_names }) => state_names.length === 0);
  await here.request('PATCH /flow_run_notification_policies/{id}', { params: { id: String(off?.id) }, body: { is_active: false } });
  const { code, stdout, stderr } = await copy('--yes');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^notification policy\tevery state of all runs to slack-webhook\/anonymous-[0-9a-f-]{36}\tdiffers\tother is_active there$/m);
  expect(stdout + stderr).not.toContain(HOOK);
  expect(await here.request('POST /flow_run_notification_policies/filter', { body: {} })).toHaveLength(3);
});

test('what the server refuses is told, and the rest is copied', async () => {
  const { id: flow_id } = await there.request('POST /flows/', { body: { name: 'report' } });
  await there.request('POST /deployments/', { body: { name: 'live', flow_id, schedules: [{ schedule: { interval: 60 }, active: true }] } });
  await there.request('POST /work_pools/', { body: { name: 'docker-pool', type: 'docker' } });

  const strict = { variables: { type: 'object', properties: { cpu: { type: 'integer' } } }, job_configuration: { cpu: '{{ cpu }}' } };
  await here.request('POST /work_pools/', { body: { name: 'strict', type: 'docker', base_job_template: strict } });
  await there.request('POST /work_pools/', { body: { name: 'strict', type: 'docker' } });
  await there.request('POST /deployments/', { body: { name: 'big', flow_id, work_pool_name: 'strict', job_variables: { cpu: 'many' } } });
  const { code, stdout, stderr } = await copy('--yes', '--activate-schedules');
  expect(stderr).toMatch(/^deployment "report\/big" could not be copied: .*cpu/m);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^Copied 4 records\.$/m);
  const live = await here.request('GET /deployments/name/{flow_name}/{deployment_name}', {
    params: { flow_name: 'report', deployment_name: 'live' },
  });
  expect(live.schedules).toMatchObject([{ active: true }]);
});

test('a source that cannot be read is told of as that, and so is a target that is none', async () => {
  expect(await run('--from', source.url)).toMatchObject({ code: 4, stderr: expect.stringContaining('--api-key KEY') });
  expect(await run('--from', 'http://127.0.0.1:9/api')).toMatchObject({ code: 5, stderr: expect.stringContaining('The server to copy from') });
  expect(await run('--from', 'prefect')).toMatchObject({ code: 2, stderr: expect.stringContaining('is not the URL of a server') });
  expect(await run('--from', target.url)).toMatchObject({ code: 2, stderr: expect.stringContaining('and the one to copy to') });
  expect(await run()).toMatchObject({ code: 2, stderr: expect.stringContaining('--from http://prefect-server:4200/api') });
});
