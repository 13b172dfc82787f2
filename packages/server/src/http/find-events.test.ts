import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { connect, toldOfTask, until } from '../testing/test-sockets.ts';

let server: TestServer;
let flow: string;

interface Found {
  readonly id: string;
  readonly event: string;
  readonly occurred: string;
  readonly follows: string | null;
  readonly resource: { readonly [label: string]: string };
  readonly related: readonly { readonly [label: string]: string }[];
  readonly payload: { readonly [key: string]: unknown };
}

const send = (method: string, path: string, body?: unknown) => call(server.url, method, path, body === undefined ? {} : { body });
const DAY = { since: '2026-03-01T00:00:00Z', until: '2026-03-02T00:00:00Z' };
const ask = async (filter: object, limit = 50) =>
  (await send('POST', '/events/filter', { filter: { occurred: DAY, ...filter }, limit })).json as {
    events: Found[];
    total: number;
    next_page: string | null;
  };
const namesOf = async (filter: object) => (await ask(filter)).events.map(({ event }) => event);

const stored = (event: string, hour: number, parts: object = {}) => ({
  id: uuidv7(),
  occurred: `2026-03-01T${String(hour).padStart(2, '0')}:00:00Z`,
  event,
  resource: { 'prefect.resource.id': `shop.${event}`, 'prefect.resource.name': `the ${event}`, kind: 'table' },
  related: [{ 'prefect.resource.id': 'shop.db', 'prefect.resource.role': 'source', size: 'big_one' }],
  payload: { rows: hour },
  ...parts,
});

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  flow = ((await send('POST', '/flows/', { name: 'watched', tags: ['nightly'] })).json as { id: string }).id;
  await send('POST', '/events', [
    stored('orders.loaded', 1),
    stored('orders.failed', 2, { related: [] }),
    stored('users.loaded', 3, { payload: { note: 'Timeout of the pool' } }),
    stored('users.loaded', 4, { resource: { 'prefect.resource.id': 'shop.users', kind: 'view' } }),
  ]);
});
afterAll(() => server.stop());

describe('events are found', () => {
  test.each<[string, object, string[]]>([
    ['newest first', {}, ['users.loaded', 'users.loaded', 'orders.failed', 'orders.loaded']],
    ['oldest first', { order: 'ASC' }, ['orders.loaded', 'orders.failed', 'users.loaded', 'users.loaded']],
    ['by the beginning of their name', { event: { prefix: ['orders.'] } }, ['orders.failed', 'orders.loaded']],
    ['but for a beginning', { event: { exclude_prefix: ['users'] } }, ['orders.failed', 'orders.loaded']],
    ['by name, but for another', { event: { prefix: ['orders'], exclude_name: ['orders.failed'] } }, ['orders.loaded']],
    ['by resource', { resource: { id: ['shop.orders.failed'] } }, ['orders.failed']],
    ['by the beginning of a resource', { resource: { id_prefix: ['shop.us'] } }, ['users.loaded', 'users.loaded']],
    ['by labels', { resource: { labels: { kind: ['v*'] } } }, ['users.loaded']],
    ['by labels that must not be', { resource: { labels: { kind: '!v?ew', 'prefect.resource.id': ['shop.u*'] } } }, ['users.loaded']],
    ['of different resources', { resource: { distinct: true, id_prefix: ['shop.users'] } }, ['users.loaded', 'users.loaded']],
    ['by what is related', { related: { id: ['shop.db'], role: ['source'] } }, ['users.loaded', 'users.loaded', 'orders.loaded']],
    ['by what is related in a part', { related: [{ resources_in_roles: [['shop.db', 'target']] }] }, []],
    [
      'by labels of what is related',
      {
        related: [{ labels: { size: 'big_*' } }, { labels: { 'prefect.resource.role': 'source' } }],
        order: 'ASC',
        event: { name: ['orders.loaded'] },
      },
      ['orders.loaded'],
    ],
    [
      'by anything involved',
      { any_resource: [{ id: ['shop.db', 'shop.orders.failed'] }, { id_prefix: ['shop.o'] }] },
      ['orders.failed', 'orders.loaded'],
    ],
    ['by words', { text: { query: 'timeout -orders' } }, ['users.loaded']],
  ])('%s', async (_how, filter, names) => {
    expect(await namesOf(filter)).toEqual(names);
  });

  test('page after page, by a link', async () => {
    const first = await ask({}, 3);
    expect(first).toMatchObject({ total: 4, next_page: expect.stringContaining(`${server.url}/events/filter/next?page-token=`) });
    const rest = (await call(server.url, 'GET', (first.next_page as string).slice(server.url.length))).json as typeof first;
    expect(rest).toMatchObject({ total: 4, next_page: null, events: [{ event: 'orders.loaded' }] });
    expect(await send('GET', '/events/filter/next?page-token=nothing')).toMatchObject({ status: 403 });
  });

  test('not by a filter that is not known', async () => {
    for (const filter of [{ nothing: 1 }, { event: { like: ['a'] } }, { order: 'UP' }, { id: { id: ['x'] } }])
      expect(await send('POST', '/events/filter', { filter }), JSON.stringify(filter)).toMatchObject({ status: 422 });
    expect(await send('POST', '/events/filter', { limit: 51 })).toMatchObject({ status: 422 });
  });
});

describe('events are counted', () => {
  const count = async (by: string, parts: object = {}) =>
    (await send('POST', `/events/count-by/${by}`, { filter: { occurred: DAY }, ...parts })).json as object[];

  test('by name, and by resource with its name', async () => {
    expect(await count('event')).toMatchObject([
      { value: 'users.loaded', label: 'users.loaded', count: 2 },
      { value: 'orders.failed', count: 1 },
      { value: 'orders.loaded', count: 1 },
    ]);
    expect(await count('resource')).toContainEqual(expect.objectContaining({ value: 'shop.orders.failed', label: 'the orders.failed', count: 1 }));
  });

  test('by spans of time, also those in which there are none', async () => {
    const hours = await count('time', { time_unit: 'hour', time_interval: 2 });
    expect(hours.map((span) => (span as { count: number }).count).slice(0, 4)).toEqual([1, 2, 1, 0]);
    expect(hours[1]).toMatchObject({
      value: '1',
      label: '2026-03-01T02:00:00.000000+00:00',
      start_time: '2026-03-01T02:00:00.000000+00:00',
      end_time: '2026-03-01T03:59:59.999999+00:00',
    });
    expect(hours).toHaveLength(12);
    expect(await count('day')).toMatchObject([{ count: 4 }]);
    expect(await send('POST', '/events/count-by/time', { filter: { occurred: DAY }, time_unit: 'second' })).toMatchObject({ status: 422 });
  });
});

describe('states are events', () => {
  const now = () => ({ since: '2026-01-01T00:00:00Z', until: '2099-01-01T00:00:00Z' });

  test('of a flow run, each after the one before it, with what it belongs to', async () => {
    const run = (await send('POST', '/flow_runs/', { flow_id: flow, name: 'tuesday', tags: ['daily'], state: { type: 'PENDING' } })).json as {
      id: string;
    };
    for (const type of ['RUNNING', 'COMPLETED']) await send('POST', `/flow_runs/${run.id}/set_state`, { state: { type } });
    const { events, total } = await ask({ occurred: now(), resource: { id: [`prefect.flow-run.${run.id}`] } });
    expect(total).toBe(3);
    expect(events.map(({ event }) => event)).toEqual(['prefect.flow-run.Completed', 'prefect.flow-run.Running', 'prefect.flow-run.Pending']);
    expect(events.map(({ follows }) => follows)).toEqual([events[1]?.id, events[2]?.id, null]);
    expect(events[0]).toMatchObject({
      resource: { 'prefect.resource.name': 'tuesday', 'prefect.state-type': 'COMPLETED', 'prefect.state-name': 'Completed' },
      related: [
        { 'prefect.resource.id': `prefect.flow.${flow}`, 'prefect.resource.role': 'flow', 'prefect.resource.name': 'watched' },
        { 'prefect.resource.id': 'prefect.tag.daily', 'prefect.resource.role': 'tag' },
        { 'prefect.resource.id': 'prefect.tag.nightly' },
      ],
      payload: {
        intended: { from: 'RUNNING', to: 'COMPLETED' },
        initial_state: { type: 'RUNNING', name: 'Running' },
        validated_state: { type: 'COMPLETED' },
      },
    });
    const related = await ask({ occurred: now(), related: { id: [`prefect.flow.${flow}`] }, event: { name: ['prefect.flow-run.Completed'] } });
    expect(related.events.map(({ id }) => id)).toEqual([events[0]?.id]);
    const tagged = await ask({ occurred: now(), any_resource: { id: ['prefect.tag.nightly'] }, event: { prefix: ['prefect.flow-run.'] } });
    expect(tagged.total).toBe(3);
  });

  test('of a task run, once, whoever has told of them', async () => {
    const run = (await send('POST', '/flow_runs/', { flow_id: flow, state: { type: 'RUNNING' } })).json as { id: string };
    const asked = { flow_run_id: run.id, task_key: 'k', dynamic_key: '1', state: { type: 'PENDING' } };
    const own = (await send('POST', '/task_runs/', asked)).json as { id: string };
    const told = uuidv7();
    await send('POST', '/events', [toldOfTask(told, run.id, 'RUNNING', '2026-03-05T00:00:00Z')]);
    await until(async () => ((await send('GET', `/task_run_states/?task_run_id=${told}`)).json as object[]).length === 1);
    const { events } = await ask({ occurred: now(), related: { id: [`prefect.flow-run.${run.id}`] }, event: { prefix: ['prefect.task-run.'] } });
    expect(events.map(({ resource }) => resource['prefect.resource.id']).toSorted()).toEqual(
      [`prefect.task-run.${own.id}`, `prefect.task-run.${told}`].toSorted(),
    );
  });
});

describe('a subscriber of events', () => {
  const recent = () => ({ since: new Date(Date.now() - 60_000).toISOString(), until: new Date(Date.now() + 60_000).toISOString() });
  const happened = (event: string) => ({ ...stored(event, 1), occurred: new Date().toISOString() });

  test('is told what its filter finds, once: what was there before it came, and what comes', async () => {
    await send('POST', '/events', [happened('before.yes'), happened('before.no')]);
    await using socket = await connect(server.url, '/events/out');
    socket.send({ type: 'filter', filter: { occurred: recent(), event: { name: ['before.yes', 'after.yes', 'prefect.flow-run.Cancelling'] } } });
    expect(await socket.receive()).toMatchObject({ type: 'event', event: { event: 'before.yes' } });
    await send('POST', '/events', [happened('after.no'), happened('after.yes')]);
    expect(await socket.receive()).toMatchObject({ type: 'event', event: { event: 'after.yes', payload: { rows: 1 } } });
    const run = (await send('POST', '/flow_runs/', { flow_id: flow, state: { type: 'RUNNING' } })).json as { id: string };
    await send('PATCH', `/flow_runs/${run.id}`, { infrastructure_pid: 'here:1' });
    await send('POST', `/flow_runs/${run.id}/set_state`, { state: { type: 'CANCELLING' } });
    expect(await socket.receive()).toMatchObject({
      event: { event: 'prefect.flow-run.Cancelling', resource: { 'prefect.resource.id': `prefect.flow-run.${run.id}` } },
    });
  });

  test.each([
    ['no filter', { type: 'hello' }, "Expected 'filter' message"],
    ['a filter that is none', { type: 'filter', filter: { weather: 'fine' } }, 'Invalid filter'],
  ])('that sends %s is told so', async (_what, message, reason) => {
    for (const path of ['/events/out', '/logs/out']) {
      await using socket = await connect(server.url, path);
      socket.send(message);
      expect(await socket.closed).toMatchObject({ code: 1002, reason: expect.stringContaining(reason) });
    }
  });
});

test('a subscriber of log lines is told what was written after it came, once, though its filter comes later', async () => {
  const run = (await send('POST', '/flow_runs/', { flow_id: flow, state: { type: 'RUNNING' } })).json as { id: string };
  await using socket = await connect(server.url, '/logs/out');
  const line = (message: string) => ({ name: 'n', level: 20, message, timestamp: new Date().toISOString(), flow_run_id: run.id });
  await send('POST', '/logs/', [line('first')]);
  socket.send({ type: 'filter', filter: { flow_run_id: { any_: [run.id] } } });
  const told = [await until(async () => socket.poll())];
  await send('POST', '/logs/', [line('second')]);
  told.push(await until(async () => socket.poll()));
  expect(told).toMatchObject([{ log: { message: 'first' } }, { log: { message: 'second' } }]);
});

test('a subscriber of log lines is told the lines of its filter', async () => {
  const run = (await send('POST', '/flow_runs/', { flow_id: flow, state: { type: 'RUNNING' } })).json as { id: string };
  await using socket = await connect(server.url, '/logs/out');
  socket.send({ type: 'filter', filter: { flow_run_id: { any_: [run.id] }, level: { ge_: 30 } } });
  const line = (message: string, level: number) => ({ name: 'n', level, message, timestamp: new Date().toISOString(), flow_run_id: run.id });
  const seen = await until(async () => {
    await send('POST', '/logs/', [line('quiet', 20), line('loud', 40)]);
    return socket.poll();
  });
  expect(seen).toMatchObject({ type: 'log', log: { message: 'loud', flow_run_id: run.id } });
});
