import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type Database, openDatabase } from './database.ts';

let way: Server;
let open: Set<Socket>;
let database: Database;

/** A way to the database that can be cut, so that each side sees what it sees when a machine dies. */
beforeEach(async () => {
  const target = new URL(inject('postgres'));
  open = new Set();
  way = createServer((near) => {
    const far = connect({ host: target.hostname, port: Number(target.port) });
    near.on('error', () => {}).on('close', () => far.destroy());
    far.on('error', () => {}).on('close', () => near.destroy());
    open.add(near);
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(way, 'listening');
  const url = new URL(target);
  url.port = String((way.address() as { port: number }).port);
  database = openDatabase(url.href, { max: 2 });
});
afterEach(async () => {
  await database.sql.end({ timeout: 0 });
  way.close();
});

function cut(how: 'ended' | 'reset'): void {
  for (const socket of open) how === 'reset' ? socket.resetAndDestroy() : socket.destroy();
  open.clear();
}

test.each(['ended', 'reset'] as const)(
  'a connection that is %s in the middle of a transaction is told of, and its place is as good as new',
  async (how) => {
    for (let turn = 0; turn < 20; turn++) {
      const transactions = [1, 2].map(() =>
        database.transaction(async (sql) => {
          await sql`select 1`;
          cut(how);
          await Promise.all([sql`select 2`, sql`select 3`, sql`select 4`]);
        }),
      );
      for (const { status } of await Promise.allSettled(transactions)) expect(status).toBe('rejected');
      const answers = await Promise.all([1, 2, 3, 4].map(() => again(() => database.sql<{ one: number }[]>`select 1 as one`)));
      expect(answers.flat()).toEqual([1, 2, 3, 4].map(() => ({ one: 1 })));
    }
  },
);

/** A query that was sent as the connection died is asked once more; a third time is not needed. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch {
    return ask();
  }
}
