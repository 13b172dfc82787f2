import { type Client, createClient } from '@sluice/client';
import { artifact, cron, deploy, deployFlow, emitEvent, every, flow, rrule, secret, task, variables } from '@sluice/sdk';
import { startTestServer, type TestServer } from '@sluice/server/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { addUp } from './fixtures/basic-flows.ts';

let server: TestServer;
let client: Client;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  process.env['SLUICE_API_URL'] = server.url;
  client = createClient({ apiUrl: server.url });
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

test('a variable is read, made, changed, and missed', async () => {
  expect(await variables.get('region')).toBeUndefined();
  await variables.set('region', { name: 'eu', zones: [1, 2] }, { tags: ['shared'] });
  expect(await variables.get('region')).toEqual({ name: 'eu', zones: [1, 2] });
  await variables.set('region', 'us');
  expect(await variables.get('region')).toBe('us');
  expect(await client.request('GET /variables/name/{name}', { params: { name: 'region' } })).toMatchObject({ tags: ['shared'] });
  await expect(variables.set('No Such Name', 1)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
});

test('a secret is what a block of that name holds', async () => {
  const type = await client.request('GET /block_types/slug/{slug}', { params: { slug: 'secret' } });
  const [schema] = await client.request('POST /block_schemas/filter', { body: { block_schemas: { block_type_id: { any_: [type.id] } } } });
  const body = { name: 'shop-password', data: { value: 'hunter2' }, block_type_id: type.id, block_schema_id: schema?.id ?? '' };
  await client.request('POST /block_documents/', { body });
  expect(await secret('shop-password')).toBe('hunter2');
  await expect(secret('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('what a run shows, and tells, is its own', async () => {
  const shows = task({ name: 'shows' }, async () => {
    await artifact.markdown('# 3 rows', { key: 'rows', description: 'How many' });
    await emitEvent({ event: 'shop.rows.counted', resource: 'shop.table.orders', payload: { rows: 3 } });
  });
  let run = { flow_run_id: '' };
  const reports = flow({ name: 'reports' }, async (_, context) => {
    ({ run } = context);
    await shows(undefined);
    await artifact.table([{ a: 1 }, { a: 2 }], { key: 'table' });
    await artifact.link('https://example.com', { text: 'there' });
    await artifact.image('https://example.com/a.png');
    const progress = await artifact.progress(10);
    await progress.set(60);
  });
  await reports({});
  const made = await client.request('POST /artifacts/filter', { body: { sort: 'ID_DESC' } });
  expect(made.map(({ type, data }) => [type, data])).toEqual([
    ['progress', 60],
    ['image', 'https://example.com/a.png'],
    ['markdown', '[there](https://example.com)'],
    ['table', '[{"a":1},{"a":2}]'],
    ['markdown', '# 3 rows'],
  ]);
  expect(made.every(({ flow_run_id }) => flow_run_id === run.flow_run_id)).toBe(true);
  expect(made.at(-1)).toMatchObject({ key: 'rows', description: 'How many', task_run_id: expect.any(String) });
  await eventually(async () => {
    const { events } = await client.request('POST /events/filter', { body: { filter: { event: { name: ['shop.rows.counted'] } } as never } });
    expect(events).toMatchObject([{ resource: { 'prefect.resource.id': 'shop.table.orders' }, payload: { rows: 3 } }]);
    expect(events[0]?.related.map((related) => related['prefect.resource.id'])).toContain(`prefect.flow-run.${run.flow_run_id}`);
  });
});

test('a deployment has the schedules that the code says, and no others', async () => {
  await client.request('POST /work_pools/', { body: { name: 'timed' } });
  const target = { root: import.meta.dirname, pool: 'timed' };
  const schedules = [
    cron('0 6 * * 1', { timezone: 'Europe/Berlin', slug: 'weekly', params: { a: 1 }, catchup: 'all' }),
    every('15m', { anchor: '2026-01-01T00:00:00Z', active: false }),
    rrule('FREQ=MONTHLY;BYDAY=-1FR', { timezone: 'America/New_York' }),
  ];
  const deployed = await deployFlow(client, deploy(addUp, { name: 'timed', params: { a: 2 }, schedules }), target);
  expect(deployed.schedules.map(({ schedule }) => schedule)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ cron: '0 6 * * 1', timezone: 'Europe/Berlin' }),
      expect.objectContaining({ interval: 900 }),
      expect.objectContaining({ rrule: 'FREQ=MONTHLY;BYDAY=-1FR', timezone: 'America/New_York' }),
    ]),
  );
  expect(deployed.schedules.find(({ slug }) => slug === 'weekly')).toMatchObject({ active: true, parameters: { a: 1 }, catchup: 'all' });
  expect(deployed.schedules.find(({ active }) => !active)).toMatchObject({ catchup: 'none' });
  const again = await deployFlow(client, deploy(addUp, { name: 'timed', schedules: schedules.slice(1) }), target);
  expect(again.schedules).toHaveLength(2);
  const none = await deployFlow(client, deploy(addUp, { name: 'timed' }), target);
  expect(none.schedules).toEqual([]);
  const wrong = deployFlow(client, deploy(addUp, { name: 'timed', schedules: [cron('every now and then')] }), target);
  await expect(wrong).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  expect(() => deploy(addUp, { name: 'timed', schedules: ['0 6 * * *'] as never })).toThrow(/a list of cron\(…\), every\(…\) and rrule\(…\)/);
});
