import { ifUnchanged } from '@sluice/core/api/if-unchanged';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
});
afterAll(() => server.stop());

interface Record {
  readonly id: string;
  readonly updated: string;
}

const post = async (path: string, body: unknown) => (await call(server.url, 'POST', path, { body })).json as Record;
/** A schedule is read in the list of its deployment's. */
async function read(path: string): Promise<Record> {
  const [list, id] = path.split(/(?<=\/schedules)\//) as [string, string?];
  const { json } = await call(server.url, 'GET', list);
  return id === undefined ? (json as Record) : ((json as Record[]).find((each) => each.id === id) as Record);
}
const patch = (path: string, body: unknown, headers = {}) => call(server.url, 'PATCH', path, { body, headers });

let count = 0;
const makePool = async () => {
  const name = `pool-${++count}`;
  await post('/work_pools/', { name, concurrency_limit: 3 });
  return `/work_pools/${name}`;
};

const EDITED = [
  ['a work pool', makePool, { concurrency_limit: 4 }, 'concurrency_limit is 4 now'],
  [
    'a work queue',
    async () => {
      const pool = await makePool();
      await post(`${pool}/queues`, { name: 'fast' });
      return `${pool}/queues/fast`;
    },
    { description: 'the "fast" one' },
    'description is "the \\"fast\\" one" now',
  ],
  [
    'a deployment',
    async () => {
      const flow = await post('/flows/', { name: 'flow' });
      return `/deployments/${(await post('/deployments/', { flow_id: flow.id, name: `deployment-${++count}` })).id}`;
    },
    { paused: true },
    'paused is true now',
  ],
  [
    'a schedule',
    async () => {
      const flow = await post('/flows/', { name: 'flow' });
      const schedules = [{ schedule: { interval: 3600 } }];
      const made = await post('/deployments/', { flow_id: flow.id, name: `deployment-${++count}`, schedules });
      return `/deployments/${made.id}/schedules/${(made as unknown as { schedules: [Record] }).schedules[0].id}`;
    },
    { active: false },
    'active is false now',
  ],
  [
    'a concurrency limit',
    async () => `/v2/concurrency_limits/${(await post('/v2/concurrency_limits/', { name: `limit-${++count}`, limit: 1 })).id}`,
    { limit: 7 },
    'limit is 7 now',
  ],
] as const;

describe.each(EDITED)('%s that two people edit', (_what, make, change, present) => {
  test('is changed by the first; the second is told what stands there now', async () => {
    const path = await make();
    const seen = ifUnchanged(await read(path));
    const answers = await Promise.all([patch(path, change, seen.headers), patch(path, change, seen.headers)]);
    const [done, refused] = answers.sort((a, b) => a.status - b.status);
    expect(done?.status).toBe(204);
    expect(refused).toMatchObject({ status: 409, json: { code: 'CONFLICT', detail: expect.stringContaining(`: ${present}.`) } });
    expect(refused?.text).toContain((await read(path)).updated);
    expect((await patch(path, change, ifUnchanged(await read(path)).headers)).status).toBe(204);
  });

  test('is changed in any case without the header, and when it matches any', async () => {
    const path = await make();
    expect((await patch(path, change)).status).toBe(204);
    expect((await patch(path, change, { 'if-match': '*' })).status).toBe(204);
  });

  test('says so when it is gone, and when the header is no time', async () => {
    const path = await make();
    const { headers } = ifUnchanged(await read(path));
    expect(await patch(path, change, { 'if-match': '"a"' })).toMatchObject({ status: 422, json: { detail: 'If-Match holds no time.' } });
    await call(server.url, 'DELETE', path);
    expect(await patch(path, change, headers)).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
  });
});

test('an automation is replaced by the first of two who edit it; the second is told', async () => {
  const body = { name: 'tell', trigger: { type: 'event', expect: ['a'], posture: 'Reactive' }, actions: [{ type: 'do-nothing' }] };
  const { id } = await post('/automations/', body);
  const put = (description: string, headers = {}) => call(server.url, 'PUT', `/automations/${id}`, { body: { ...body, description }, headers });
  const seen = ifUnchanged(await read(`/automations/${id}`)).headers;
  expect((await put('first', seen)).status).toBe(204);
  expect(await put('second', seen)).toMatchObject({ status: 409, json: { detail: expect.stringContaining('description is "first" now') } });
  expect((await put('in any case')).status).toBe(204);
});

test('a template that cannot be read is refused at the place where it stands', async () => {
  const send = { type: 'send-notification', block_document_id: crypto.randomUUID(), body: '{{ event' };
  const body = { name: 'x', trigger: { type: 'event', posture: 'Reactive' }, actions: [{ type: 'do-nothing' }, send] };
  expect(await call(server.url, 'POST', '/automations/', { body })).toMatchObject({
    status: 422,
    json: { exception_detail: [{ loc: ['body', 'actions', 1, 'body'], msg: 'A double brace is not closed.' }] },
  });
});

test('a deployment is paused and resumed as Prefect’s clients do it', async () => {
  const flow = await post('/flows/', { name: 'flow' });
  const { id } = await post('/deployments/', { flow_id: flow.id, name: 'paused' });
  for (const [verb, paused] of [
    ['pause', true],
    ['resume', false],
  ] as const) {
    expect(await call(server.url, 'POST', `/deployments/${id}/${verb}_deployment`, { body: {} })).toMatchObject({ status: 200, text: 'null' });
    expect(await read(`/deployments/${id}`)).toMatchObject({ paused });
  }
  expect(await call(server.url, 'POST', `/deployments/${crypto.randomUUID()}/pause_deployment`)).toMatchObject({ status: 404 });
});
