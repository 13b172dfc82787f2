import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { startHoldingProxy } from '../../../tests/support/holding-proxy.ts';
import { type Lab, startLab } from '../../../tests/support/lab.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
});
afterAll(() => lab.stop());

const health = { host: '127.0.0.1', port: 0 };
const urlIn = (events: readonly string[]) => /answers at (\S+)/.exec(events.join('\n'))?.[1] ?? '';
async function ask(url: string): Promise<[number, unknown]> {
  const answer = await fetch(url);
  return [answer.status, await answer.json()];
}

test('a worker says over HTTP that it is well while its server hears of it, and no longer when it does not', async () => {
  await using proxy = await startHoldingProxy(lab.url);
  await using worker = await lab.worker(await lab.pool(), {
    api: { api_url: proxy.url, api_key: undefined, auth_string: undefined },
    beatSeconds: 0.3,
    health,
  });
  const url = urlIn(worker.events);
  await eventually(async () => expect(await ask(url)).toEqual([200, { message: 'OK' }]));
  expect((await fetch(new URL('/', url))).status).toBe(404);
  expect((await fetch(url, { method: 'POST' })).status).toBe(404);
  const held = proxy.hold(/\/workers\/beat$/);
  await held;
  await eventually(async () => expect(await ask(url)).toEqual([503, { message: 'The worker has not reached its server lately' }]));
});

test('a worker whose port is taken does not start, and says what to set', async () => {
  const pool = await lab.pool();
  await using first = await lab.worker(pool, { health });
  const port = Number(new URL(urlIn(first.events)).port);
  await expect(lab.worker(pool, { health: { host: '127.0.0.1', port } })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    hint: expect.stringContaining('SLUICE_WORKER_WEBSERVER_PORT'),
  });
  await expect(lab.worker(pool, { health: { host: '203.0.113.1', port: 0 } })).rejects.toMatchObject({ code: 'INVALID_SETTING' });
  const workers = await lab.client.request('POST /work_pools/{name}/workers/filter', { params: { name: pool }, body: {} });
  expect(workers.map(({ name }) => name)).toEqual([first.name]);
});
