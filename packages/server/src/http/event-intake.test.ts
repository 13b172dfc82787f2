import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { WebSocket } from 'ws';
import { openDatabase } from '../db/database.ts';
import { call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { connect, toldOfTask, until } from '../testing/test-sockets.ts';

let server: TestServer;
let flow: string;

const send = (method: string, path: string, body?: unknown) => call(server.url, method, path, body === undefined ? {} : { body });

async function newRun(id?: string): Promise<string> {
  const { json } = await send('POST', '/flow_runs/', { flow_id: flow, ...(id && { id }), state: { type: 'RUNNING' } });
  return (json as { id: string }).id;
}

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  flow = ((await send('POST', '/flows/', { name: 'told' })).json as { id: string }).id;
});
afterAll(() => server.stop());

const readTask = async (id: string) => (await send('GET', `/task_runs/${id}`)).json as { [field: string]: unknown };
const statesOf = async (id: string) => (await send('GET', `/task_run_states/?task_run_id=${id}`)).json as { type: string }[];

const AT = ['2026-01-01T00:00:01Z', '2026-01-01T00:00:02Z', '2026-01-01T00:00:05Z'] as const;
const life = (task: string, run: string) => [
  toldOfTask(task, run, 'PENDING', AT[0]),
  toldOfTask(task, run, 'RUNNING', AT[1]),
  toldOfTask(task, run, 'COMPLETED', AT[2]),
];

describe('task runs that are told by events', () => {
  test('are there with their states, in whatever order and however often they are told', async () => {
    const [run, task] = [await newRun(), uuidv7()];
    const [pending, running, completed] = life(task, run);
    await using socket = await connect(server.url, '/events/in');
    for (const event of [completed, pending, completed, running, running]) socket.send(event);
    await socket.checkpoint();
    const found = await until(async () => (await statesOf(task)).length === 3 && readTask(task));
    expect(found).toMatchObject({ name: 'load-0', flow_run_id: run, state_type: 'COMPLETED', run_count: 1, tags: ['database'], total_run_time: 3 });
    expect((await statesOf(task)).map(({ type }) => type)).toEqual(['PENDING', 'RUNNING', 'COMPLETED']);
  });

  test('are recorded when their flow run comes after them', async () => {
    const [run, task] = [uuidv7(), uuidv7()];
    await send('POST', '/events', life(task, run));
    await until(async () => (await waitingFor(task)) > 0);
    expect((await send('GET', `/task_runs/${task}`)).status).toBe(404);
    const database = openDatabase(server.databaseUrl, { max: 1 });
    await database.sql`insert into flow_run (id, created, updated, name, flow_id, state_type, state_name)
      values (${run}, now(), now(), 'late', ${flow}, null, null)`;
    await database.close();
    expect(await until(async () => (await statesOf(task)).length === 3 && readTask(task))).toMatchObject({ state_type: 'COMPLETED' });
  });

  test('are not ended with their flow run, whose last events may be on their way', async () => {
    const [run, task] = [await newRun(), uuidv7()];
    const [pending, running, completed] = life(task, run);
    await send('POST', '/events', [pending, running]);
    await until(async () => (await statesOf(task)).length === 2);
    await send('POST', `/flow_runs/${run}/set_state`, { state: { type: 'COMPLETED' } });
    await send('POST', '/events', [completed]);
    await until(async () => (await statesOf(task)).length === 3);
    expect((await statesOf(task)).map(({ type }) => type)).toEqual(['PENDING', 'RUNNING', 'COMPLETED']);
  });

  test('that make no sense are kept as events, and hold up nobody', async () => {
    const [run, task] = [await newRun(), uuidv7()];
    const broken = toldOfTask(uuidv7(), run, 'RUNNING', AT[0]);
    await send('POST', '/events', [{ ...broken, payload: { validated_state: { type: 'HAPPY' } } }, ...life(task, run)]);
    await until(async () => (await statesOf(task)).length === 3);
    expect(await waitingFor(broken.id)).toBe(0);
  });

  async function waitingFor(id: string): Promise<number> {
    const database = openDatabase(server.databaseUrl, { max: 1 });
    const rows =
      await database.sql`select from event where record_at > clock_timestamp() and (id = ${id} or resource_id = ${`prefect.task-run.${id}`})`;
    await database.close();
    return rows.length;
  }
});

describe('the websocket for events', () => {
  test('answers a ping when all that came before it is stored', async () => {
    await using socket = await connect(server.url, '/events/in');
    const event = { ...toldOfTask(uuidv7(), uuidv7(), 'RUNNING', AT[0]), event: 'mine', related: [] };
    const ids = Array.from({ length: 3000 }, () => uuidv7());
    for (const id of ids) socket.send({ ...event, id });
    await socket.checkpoint();
    const database = openDatabase(server.databaseUrl, { max: 1 });
    const [row] = await database.sql<[{ count: number }]>`select count(*)::integer as count from event where event = 'mine'`;
    await database.close();
    expect(row.count).toBe(ids.length);
  });

  test('mends text that cannot be stored, and closes on what is no event', async () => {
    await using socket = await connect(server.url, '/events/in');
    const event = { ...toldOfTask(uuidv7(), uuidv7(), 'RUNNING', AT[0]), event: 'with a \0', related: [] };
    socket.send(event);
    await socket.checkpoint();
    socket.send({ event: 'no id' });
    expect(await socket.closed).toMatchObject({ code: 1002, reason: expect.stringContaining('Invalid event') });
  });

  test('lets clients in that speak no subprotocol, when no key is asked for', async () => {
    const ws = new WebSocket(`${server.url.replace('http', 'ws')}/events/in`);
    await new Promise((resolve) => ws.once('open', resolve));
    ws.send(JSON.stringify({ ...toldOfTask(uuidv7(), uuidv7(), 'RUNNING', AT[0]), event: 'legacy', related: [] }));
    await new Promise((resolve) => ws.once('pong', resolve).ping());
    ws.terminate();
  });

  test.each([['/events/nowhere', 404]])('%s is no websocket: %d', async (path, status) => {
    const ws = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, ['prefect']);
    const error = await new Promise<Error>((resolve) => ws.once('error', resolve));
    expect(error.message).toContain(String(status));
  });
});

describe('a server with a key', () => {
  test('lets in who has it, and nobody else', async () => {
    await using keyed = await startTestServer(inject('postgres'), { api_key: 'a key of some length', auth_string: 'me:a word of some length' });
    for (const token of ['a key of some length', 'me:a word of some length']) {
      await using socket = await connect(keyed.url, '/events/in', { token });
      await socket.checkpoint();
    }
    for (const [token, reason] of [
      [null, 'no token provided'],
      ['another key', 'Invalid token'],
    ] as const) {
      await expect(connect(keyed.url, '/events/in', { token })).rejects.toThrow(`1008 ${token === null ? 'Auth required but ' : ''}${reason}`);
    }
    const legacy = new WebSocket(`${keyed.url.replace('http', 'ws')}/events/in`);
    expect(await new Promise((resolve) => legacy.once('close', resolve))).toBe(1002);
    await using header = await connect(keyed.url, '/events/in', { token: null, headers: { authorization: 'Bearer a key of some length' } });
    await header.checkpoint();
  });
});
