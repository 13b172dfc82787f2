import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Database, openDatabase } from './db/database.ts';
import { call } from './testing/http-call.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

/* Who waits for slots of one limit at two servers of one database stands in one line. */

let one: TestServer;
let two: TestServer;
let database: Database;

beforeAll(async () => {
  one = await startTestServer(inject('postgres'), { sweep_seconds: '0.5' });
  two = await startTestServer(inject('postgres'), { sweep_seconds: '0.5', database_url: one.databaseUrl });
  database = openDatabase(one.databaseUrl, { max: 2 });
});
afterAll(async () => {
  await database.close();
  await two.stop();
  await one.stop();
});

let count = 0;
async function limited(limit: number): Promise<string> {
  const name = `line-${++count}`;
  await call(one.url, 'POST', '/v2/concurrency_limits/', { body: { name, limit } });
  return name;
}

interface Asked {
  readonly name: string;
  readonly slots?: number;
  readonly lease_id?: string;
  readonly wait?: number;
}

async function ask(server: TestServer, { name, slots = 1, lease_id = uuidv7(), wait = 0 }: Asked) {
  const body = { names: [name], slots, lease_id };
  const headers = wait > 0 ? { prefer: `wait=${wait}` } : {};
  const { status } = await call(server.url, 'POST', '/v2/concurrency_limits/increment-with-lease', { body, headers });
  return { status, lease_id, free: () => call(two.url, 'POST', '/v2/concurrency_limits/decrement-with-lease', { body: { lease_id } }) };
}

const waiting = async (name: string): Promise<number> => {
  const rows = await database.sql`select from wait_note where limit_names = ${`{${name}}`} and expires_at > clock_timestamp()`;
  return rows.length;
};
const standing = (name: string, many: number) => eventually(async () => expect(await waiting(name)).toBe(many));
const used = async (name: string) => ((await call(one.url, 'GET', `/v2/concurrency_limits/${name}`)).json as { active_slots: number }).active_slots;

test('slots are given in the order in which they came, whichever server they came to', async () => {
  const name = await limited(1);
  const holder = await ask(one, { name });
  const order: string[] = [];
  const waits: Promise<unknown>[] = [];
  for (const [index, server] of [two, one, one, two, one, two].entries()) {
    const served = ask(server, { name, wait: 50 }).then((granted) => {
      expect(granted.status).toBe(200);
      order.push(`waiter ${index}`);
      return granted.free();
    });
    waits.push(served);
    await standing(name, index + 1);
  }
  await holder.free();
  await Promise.all(waits);
  expect(order).toEqual([0, 1, 2, 3, 4, 5].map((index) => `waiter ${index}`));
  expect(await waiting(name)).toBe(0);
});

test('who wants much at one server is not passed by those who want little at the other, and holds them up only until it leaves', async () => {
  const name = await limited(3);
  const [first, second] = [await ask(one, { name, slots: 2 }), await ask(one, { name })];
  const much = ask(one, { name, slots: 3, wait: 5 });
  await standing(name, 1);
  const little = ask(two, { name, wait: 50 });
  await standing(name, 2);
  await second.free();
  await call(two.url, 'GET', '/ready');
  expect(await waiting(name), 'one slot is free, and not for those behind').toBe(2);
  expect((await much).status).toBe(423);
  expect((await little).status).toBe(200);
  await first.free();
});

test('who asks again at the other server has kept its place', async () => {
  const name = await limited(1);
  const holder = await ask(one, { name });
  const lease_id = uuidv7();
  const first = ask(one, { name, lease_id, wait: 1 });
  await standing(name, 1);
  const order: string[] = [];
  const behind = ask(one, { name, wait: 50 }).then(async ({ free }) => {
    order.push('who came second');
    await free();
  });
  await standing(name, 2);
  expect((await first).status).toBe(423);
  const again = ask(two, { name, lease_id, wait: 50 }).then(async ({ free }) => {
    order.push('who came first');
    await free();
  });
  await standing(name, 2);
  await holder.free();
  await Promise.all([again, behind]);
  expect(order).toEqual(['who came first', 'who came second']);
});

test('an answer that got lost is given again at the other server, and nothing is taken twice', async () => {
  const name = await limited(1);
  const { status, lease_id, free } = await ask(one, { name, wait: 5 });
  expect(status).toBe(200);
  expect(await ask(two, { name, lease_id, wait: 5 })).toMatchObject({ status: 200, lease_id });
  expect(await used(name)).toBe(1);
  await free();
  expect(await used(name)).toBe(0);
});

test('who stood in the line of a server that died holds up nobody for longer than its term', async () => {
  const name = await limited(1);
  await database.sql`
    insert into wait_note (id, server_id, within, limit_names, slots, since, expires_at)
    values (${uuidv7()}, ${uuidv7()}, '{}', ${`{${name}}`}, 1, clock_timestamp(), clock_timestamp() + interval '2 seconds')`;
  const behind = ask(two, { name, wait: 50 });
  await standing(name, 2);
  expect((await behind).status).toBe(200);
});
