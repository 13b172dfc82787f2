import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type Database, openDatabase, type Sql } from './database.ts';

let way: Server;
let open: Set<Socket>;
let database: Database;
let onTheWay = (bytes: Buffer): Buffer => bytes;

/** A way to the database that can be cut, so that each side sees what it sees when a machine dies. */
beforeEach(async () => {
  const target = new URL(inject('postgres'));
  open = new Set();
  way = createServer((near) => {
    const far = connect({ host: target.hostname, port: Number(target.port) });
    near.on('error', () => {}).on('close', () => far.destroy());
    far.on('error', () => {}).on('close', () => near.destroy());
    open.add(near);
    near.on('data', (bytes) => far.write(onTheWay(bytes)));
    far.pipe(near);
  }).listen(0, '127.0.0.1');
  await once(way, 'listening');
  const url = new URL(target);
  url.port = String((way.address() as { port: number }).port);
  database = openDatabase(url.href, { max: 2 });
});
afterEach(async () => {
  onTheWay = (bytes) => bytes;
  await database.sql.end({ timeout: 0 });
  way.close();
});

function cut(how: 'ended' | 'reset'): void {
  for (const socket of open) how === 'reset' ? socket.resetAndDestroy() : socket.destroy();
  open.clear();
}

test.each([
  ['ended', 'transaction'],
  ['reset', 'transaction'],
  ['ended', 'transactionAtOnce'],
  ['reset', 'transactionAtOnce'],
] as const)('a connection that is %s in the middle of a %s is told of, and its place is as good as new', async (how, kind) => {
  for (let turn = 0; turn < 20; turn++) {
    const transactions = [1, 2].map(() =>
      database[kind](async (sql) => {
        await sql`select 1`;
        cut(how);
        await Promise.all([sql`select 2`, sql`select 3`, sql`select 4`]);
      }),
    );
    for (const { status } of await Promise.allSettled(transactions)) expect(status).toBe('rejected');
    const answers = await Promise.all([1, 2, 3, 4].map(() => again(() => database.sql<{ one: number }[]>`select 1 as one`)));
    expect(answers.flat()).toEqual([1, 2, 3, 4].map(() => ({ one: 1 })));
  }
});

test('a transaction that begins at once is one, and its begin comes with the first statement', async () => {
  const xid = async (sql: Sql) => (await sql.unsafe<[{ xid: string }]>('select pg_current_xact_id()::text as xid'))[0].xid;
  const before = await database.transactionAtOnce(xid);
  const sent: string[] = [];
  onTheWay = (bytes) => {
    sent.push(bytes.toString('latin1'));
    return bytes;
  };
  const [first, second] = await database.transactionAtOnce(async (sql) => [await xid(sql), await xid(sql)]);
  expect(second).toBe(first);
  expect(first).not.toBe(before);
  expect(sent[0]).toMatch(/begin .*pg_current_xact_id/s);
});

test('when its begin fails, nothing is sent after what was sent with it', async () => {
  await database.sql`select 1`;
  onTheWay = (bytes) => Buffer.from(bytes.toString('latin1').replace('begin ', 'bogus '), 'latin1');
  let answered = 0;
  const work = database.transactionAtOnce(async (sql) => {
    await sql`select 1`;
    answered++;
    await sql`create table never (n integer)`;
    answered++;
  });
  await expect(work).rejects.toThrow('syntax error at or near "bogus"');
  onTheWay = (bytes) => bytes;
  expect(answered).toBe(1);
  expect(await database.sql`select to_regclass('never') as made`).toEqual([{ made: null }]);
  expect(await database.transactionAtOnce((sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
});

/** A query that was sent as the connection died is asked once more; a third time is not needed. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch {
    return ask();
  }
}
