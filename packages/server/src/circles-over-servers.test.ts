import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Database, openDatabase } from './db/database.ts';
import { call } from './testing/http-call.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

/* Runs that no lease holds, whose waits come to two servers of one database: each server sees the circle, and one wait of it is ended. */

let one: TestServer;
let two: TestServer;
let database: Database;
let flow_id: string;

beforeAll(async () => {
  one = await startTestServer(inject('postgres'), { sweep_seconds: '0.2' });
  two = await startTestServer(inject('postgres'), { sweep_seconds: '0.2', database_url: one.databaseUrl });
  database = openDatabase(one.databaseUrl, { max: 1 });
  flow_id = (await post('/flows/', { name: 'flow' })).json.id;
});
afterAll(async () => {
  await database.close();
  await two.stop();
  await one.stop();
});

const post = async (path: string, body: unknown, server = one, headers: { [name: string]: string } = {}) => {
  const { status, json } = await call(server.url, 'POST', path, { body, headers });
  return { status, json: json as { id: string; code?: string; detail: string; lease_id: string } };
};
const run = async (name: string) => (await post('/flow_runs/', { flow_id, name, state: { type: 'RUNNING' } })).json.id;
const end = (id: string) => post(`/flow_runs/${id}/set_state`, { state: { type: 'COMPLETED' } });
const body = (id: string) => ({ type: 'flow_run', id });

/** The body of a run waits for the end of another one. */
async function awaits(id: string, other: string, server: TestServer, wait_seconds = 50) {
  const { state_id } = (await call(one.url, 'GET', `/flow_runs/${other}`)).json as { state_id: string };
  const answer = await post(
    '/flow_runs/wait',
    { ids: [other], since: { [other]: state_id }, wait_seconds, waits: [{ within: [body(id)], ids: [other] }] },
    server,
  );
  if (answer.status !== 200) await end(id); // it was told, and goes on
  return answer;
}

/** The body of a run asks for a slot, and waits. */
const takes = (id: string, name: string, server: TestServer) =>
  post('/v2/concurrency_limits/increment-with-lease', { names: [name], slots: 1, holder: body(id), within: [body(id)] }, server, {
    prefer: 'wait=50',
  });

/** Of these waits one is told, in these words, and the others end. */
async function oneIsTold(waits: readonly Promise<{ status: number; json: { code?: string; detail: string } }>[], words: RegExp) {
  const answers = await Promise.all(waits);
  const told = answers.filter(({ status }) => status !== 200);
  expect(told).toEqual([
    { status: expect.any(Number), json: expect.objectContaining({ code: 'WAIT_DEADLOCK', detail: expect.stringMatching(words) }) },
  ]);
}

test('two runs that wait for each other', async () => {
  const [a, b] = [await run('a'), await run('b')];
  const waits = [awaits(a, b, one), awaits(b, a, two)];
  await Promise.race(waits);
  await oneIsTold(waits, /^This wait can never end: flow run '[ab]' waits for flow run '[ab]'; flow run '[ab]' waits for flow run '[ab]'\.$/);
});

test('a run that waits for itself', async () => {
  const self = await run('self');
  await oneIsTold([awaits(self, self, two)], /^This wait can never end: flow run 'self' waits for flow run 'self'\.$/);
});

test('three runs, of which one holds a slot that another needs', async () => {
  await post('/v2/concurrency_limits/', { name: 'shared', limit: 1 });
  const [holds, between, needs] = [await run('holds'), await run('between'), await run('needs')];
  const { lease_id } = (await takes(holds, 'shared', one)).json;
  const waits = [
    awaits(holds, between, one).finally(() => post('/v2/concurrency_limits/decrement-with-lease', { lease_id })),
    awaits(between, needs, two).finally(() => end(between)),
    takes(needs, 'shared', two).finally(() => end(needs)),
  ];
  await oneIsTold(waits, /waits for flow run.*needs a slot of the concurrency limit "shared" \(limit 1\), held by flow run 'holds'/);
});

test('of many circles at once one wait each is told, though both servers search at the same time', async () => {
  const pairs = await Promise.all(Array.from({ length: 12 }, async (_, index) => [await run(`left ${index}`), await run(`right ${index}`)] as const));
  const answers = await Promise.all(pairs.map(([left, right]) => Promise.all([awaits(left, right, one), awaits(right, left, two)])));
  expect(answers.map((pair) => pair.filter(({ status }) => status !== 200).length)).toEqual(pairs.map(() => 1));
});

test('a wait that is asked again at the other server is as old as it is: the newer one is told', async () => {
  const [older, newer] = [await run('older'), await run('newer')];
  expect((await awaits(older, newer, one, 1)).json).toMatchObject({ done: false });
  const waits = [awaits(newer, older, one), awaits(older, newer, two)];
  await eventually(async () => {
    const notes = await database.sql<{ of: string }[]>`select flow_run_id as of from wait_note where expires_at > clock_timestamp() order by since`;
    expect(notes.map(({ of }) => of)).toEqual([older, newer]);
  });
  const [told] = await Promise.all(waits);
  expect(told).toMatchObject({ json: { code: 'WAIT_DEADLOCK' } });
});
