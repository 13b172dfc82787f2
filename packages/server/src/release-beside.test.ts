import { createClient } from '@sluice/client';
import { followEvents } from '@sluice/client/events';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Database, openDatabase } from './db/database.ts';
import { call } from './testing/http-call.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

/* A newer release starts on the database of a server that runs, as it does when servers are replaced one after the other. */

let old: TestServer;
let database: Database;
let flow_id: string;

beforeAll(async () => {
  old = await startTestServer(inject('postgres'));
  database = openDatabase(old.databaseUrl, { max: 1 });
  flow_id = ((await call(old.url, 'POST', '/flows/', { body: { name: 'flow' } })).json as { id: string }).id;
});
afterAll(async () => {
  await database.close();
  await old.stop();
});

/** A whole life of a run, with what pages ask for; the statuses of all answers. */
async function life(server: TestServer): Promise<number[]> {
  const statuses: number[] = [];
  const post = async (path: string, body: unknown) => {
    const { status, json } = await call(server.url, 'POST', path, { body });
    statuses.push(status);
    return json as { id: string };
  };
  const { id } = await post('/flow_runs/', { flow_id, state: { type: 'PENDING' } });
  await post(`/flow_runs/${id}/set_state`, { state: { type: 'RUNNING' } });
  const task_run = { flow_run_id: id, task_key: 'task', dynamic_key: '0', name: 'task' };
  await post('/task_runs/', { ...task_run, state: { type: 'RUNNING' } });
  await post('/flow_runs/filter', { limit: 5 });
  await post('/deployments/filter', {});
  await post(`/flow_runs/${id}/set_state`, { state: { type: 'COMPLETED' } });
  return statuses;
}

const lives = async (server: TestServer, count: number) => (await Promise.all(Array.from({ length: count }, () => life(server)))).flat();
const failed = (statuses: readonly number[]) => statuses.filter((status) => status >= 300);

test('the old server works on while the new one makes all views of the wire again, and both serve', async () => {
  expect(failed(await lives(old, 5))).toEqual([]); // its statements are prepared now
  await database.sql`update migration set checksum = 'of an older release' where name like 'views/%'`;
  let statuses: number[] = [];
  const working = (async () => {
    for (let turn = 0; turn < 4; turn++) statuses = [...statuses, ...(await lives(old, 5))];
  })();
  await using beside = await startTestServer(inject('postgres'), { database_url: old.databaseUrl });
  await working;
  expect(failed(statuses)).toEqual([]);
  expect(failed([...(await lives(beside, 5)), ...(await lives(old, 5))])).toEqual([]);
});

test('what a newer server tells of that this one does not know is left out, and the rest is told', async () => {
  const client = createClient({ apiUrl: old.url });
  const stop = new AbortController();
  const told: string[] = [];
  for await (const each of followEvents(client, { topics: ['concurrency_limit'] }, stop.signal)) {
    if (each.topic === 'ready') {
      const news = { from: 'a newer one', flow_runs: [], claimable: false, limits: [], events: false, records: { of_the_future: ['a'] } };
      await database.sql.notify('sluice_news', JSON.stringify(news));
      await client.request('POST /v2/concurrency_limits/', { body: { name: 'told', limit: 1 } });
    } else {
      told.push(each.topic);
      stop.abort();
    }
  }
  await client.close();
  expect(told).toEqual(['concurrency_limit']);
});

test('the old server works on when a migration that it does not know has changed tables, and is refused when it is started again', async () => {
  await database.sql`alter table flow_run add column of_the_future text not null default 'x'`;
  await database.sql`alter table concurrency_slot add column of_the_future text`;
  await database.sql`insert into migration values ('9999-future.sql', 'of the future', now())`;
  expect(failed(await lives(old, 5))).toEqual([]);
  await expect(startTestServer(inject('postgres'), { database_url: old.databaseUrl })).rejects.toMatchObject({
    code: 'DATABASE_UNSUPPORTED',
    message: expect.stringContaining('9999-future.sql'),
    hint: expect.stringContaining('newer'),
  });
});
