import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
});
afterAll(() => server.stop());

interface Answer {
  readonly lease_id: string;
  readonly id: string;
  readonly active_slots: number;
  readonly token: number;
  readonly limits: unknown[];
}
const send = async (method: string, path: string, options?: Call) => {
  const answer = await call(server.url, method, path, options);
  return { ...answer, json: answer.json as Answer };
};
const post = (path: string, body: unknown, headers: Call['headers'] = {}) => send('POST', path, { body, headers });

let count = 0;
async function limited(limit: number, parts: object = {}): Promise<string> {
  const name = `limit-${++count}`;
  await post('/v2/concurrency_limits/', { name, limit, ...parts });
  return name;
}
const lease = (names: string | string[], parts: object = {}, headers: Call['headers'] = {}) =>
  post('/v2/concurrency_limits/increment-with-lease', { names: [names].flat(), slots: 1, ...parts }, headers);
const release = (lease_id: string) => post('/v2/concurrency_limits/decrement-with-lease', { lease_id });
const renew = (id: string) => post(`/v2/concurrency_limits/leases/${id}/renew`, { lease_duration: 60 });
const used = async (name: string) => (await send('GET', `/v2/concurrency_limits/${name}`)).json.active_slots;

describe('a limit', () => {
  test('is made once, read by id and name, changed and deleted', async () => {
    const name = await limited(2);
    expect(await post('/v2/concurrency_limits/', { name, limit: 1 })).toMatchObject({ status: 409, json: { code: 'CONFLICT' } });
    const { json } = await send('GET', `/v2/concurrency_limits/${name}`);
    expect(json).toMatchObject({ name, limit: 2, active: true, active_slots: 0, slot_decay_per_second: 0 });
    expect((await send('GET', `/v2/concurrency_limits/${json.id}`)).json).toEqual(json);
    expect((await send('PATCH', `/v2/concurrency_limits/${name}`, { body: { limit: 5, active: false } })).status).toBe(204);
    expect((await send('GET', `/v2/concurrency_limits/${name}`)).json).toMatchObject({ limit: 5, active: false });
    const other = await limited(1);
    expect((await send('PATCH', `/v2/concurrency_limits/${other}`, { body: { name } })).status).toBe(409);
    expect((await send('DELETE', `/v2/concurrency_limits/${name}`)).status).toBe(204);
    expect((await send('DELETE', `/v2/concurrency_limits/${name}`)).status).toBe(404);
  });

  test('that is deleted while its slots are held lets everybody go on', async () => {
    const name = await limited(1);
    const held = (await lease(name)).json.lease_id;
    const waiting = lease(name, {}, { prefer: 'wait=20' });
    await expectWaiting();
    expect((await send('DELETE', `/v2/concurrency_limits/${name}`)).status).toBe(204);
    expect(await waiting).toMatchObject({ status: 200, json: { limits: [] } });
    expect((await release(held)).status, 'giving back what is gone is no error').toBe(204);
  });

  test('that gets more slots, or has them freed by hand, wakes those who wait', async () => {
    const name = await limited(1);
    await lease(name);
    const first = lease(name, {}, { prefer: 'wait=20' });
    await expectWaiting();
    await send('PATCH', `/v2/concurrency_limits/${name}`, { body: { limit: 2 } });
    expect((await first).status).toBe(200);
    const second = lease(name, {}, { prefer: 'wait=20' });
    await expectWaiting();
    await send('PATCH', `/v2/concurrency_limits/${name}`, { body: { active_slots: 0 } });
    expect((await second).status).toBe(200);
    expect(await used(name)).toBe(1);
  });

  /** A request behind it was answered, so the one before has been taken in. */
  async function expectWaiting(): Promise<void> {
    await send('GET', '/health');
    await send('GET', '/ready');
  }
});

describe('a lease', () => {
  test('is refused with 423 and when to ask again, when there are no slots', async () => {
    const name = await limited(1);
    const first = await lease(name, { holder: { type: 'flow_run', id: uuidv7() } });
    expect(first).toMatchObject({ status: 200, json: { lease_id: expect.any(String), limits: [{ name, limit: 1 }] } });
    const refused = await lease(name);
    expect(refused).toMatchObject({ status: 423, json: { code: 'LOCKED' }, headers: { 'retry-after': '1' } });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await used(name)).toBe(1);
    expect((await release(first.json.lease_id)).status).toBe(204);
    expect((await lease(name)).status).toBe(200);
  });

  test('is waited for as long as the client says, and no longer', async () => {
    const name = await limited(1);
    const { json } = await lease(name);
    expect((await lease(name, {}, { prefer: 'wait=1' })).status).toBe(423);
    const waiting = [1, 2, 3].map(() => lease(name, {}, { prefer: 'respond-async, wait=20' }));
    let next = json.lease_id;
    for (const each of waiting) {
      await release(next);
      const granted = await each;
      expect(granted.status).toBe(200);
      next = granted.json.lease_id;
    }
  });

  test('is renewed while it lives, and gone after', async () => {
    const name = await limited(1);
    const { lease_id } = (await lease(name)).json;
    expect((await renew(lease_id)).status).toBe(204);
    await release(lease_id);
    expect(await renew(lease_id)).toMatchObject({ status: 410, json: { code: 'LEASE_EXPIRED' } });
    expect(await renew(uuidv7())).toMatchObject({ status: 410 });
  });

  test('of names without a limit is given freely, and renewed as freely: Prefect’s clients do both for every tagged task', async () => {
    const { status, json } = await lease('tag:unlimited', { holder: { type: 'task_run', id: uuidv7() } });
    expect([status, json.limits]).toEqual([200, []]);
    expect((await renew(json.lease_id)).status).toBe(204);
    expect((await release(json.lease_id)).status).toBe(204);
  });

  test('has a token higher than any that was seen', async () => {
    const name = await limited(5);
    expect((await lease(name)).json.token).toBeUndefined();
    expect((await lease(name, { token_above: 41 })).json.token).toBe(42);
    expect((await lease(name, { token_above: 0 })).json.token).toBe(43);
  });

  test.each([
    [{ slots: 0 }],
    [{ slots: 3 }],
    [{ mode: 'rate_limit' }],
    [{ names: [] }],
    [{ lease_duration: 5 }],
    [{ lease_duration: 100_000 }],
    [{ holder: { type: 'person', id: uuidv7() } }],
  ])('that could never be given is refused: %j', async (parts) => {
    const name = await limited(2);
    expect(await lease(name, parts)).toMatchObject({ status: 422, json: { code: 'INVALID_REQUEST' } });
    expect(await used(name)).toBe(0);
  });
});

describe('slots without a lease', () => {
  const increment = (name: string, slots = 1) => post('/v2/concurrency_limits/increment', { names: [name], slots, mode: 'concurrency' });
  const decrement = (name: string, slots = 1) => post('/v2/concurrency_limits/decrement', { names: [name], slots });

  test('are taken and given back by number, however they were taken', async () => {
    const name = await limited(5);
    expect(await increment(name, 3)).toMatchObject({ status: 200, json: [{ name, limit: 5 }] });
    expect((await increment(name, 2)).status).toBe(200);
    expect(await increment(name)).toMatchObject({ status: 423 });
    for (const left of [4, 3, 2]) {
      await decrement(name);
      expect(await used(name)).toBe(left);
    }
    await decrement(name, 5);
    expect(await used(name)).toBe(0);
    expect((await decrement(name)).status, 'more than were taken').toBe(200);
  });

  test('are never those of somebody who holds a lease', async () => {
    const name = await limited(3);
    const { lease_id } = (await lease(name)).json;
    await decrement(name, 3);
    expect(await used(name)).toBe(1);
    expect((await renew(lease_id)).status).toBe(204);
  });
});

describe('Prefect’s first kind of limit, on a tag', () => {
  test('is another view of the limit tag:<tag>', async () => {
    const made = await post('/concurrency_limits/', { tag: 'db', concurrency_limit: 2 });
    expect(made).toMatchObject({ status: 201, json: { tag: 'db', concurrency_limit: 2, active_slots: [] } });
    expect(await post('/concurrency_limits/', { tag: 'db', concurrency_limit: 3 })).toMatchObject({
      status: 200,
      json: { id: made.json.id, concurrency_limit: 3 },
    });
    expect((await send('GET', '/v2/concurrency_limits/tag:db')).json).toMatchObject({ id: made.json.id, limit: 3 });
    expect((await send('GET', `/concurrency_limits/${made.json.id}`)).json).toMatchObject({ tag: 'db' });
    const holder = uuidv7();
    await lease('tag:db', { holder: { type: 'task_run', id: holder } });
    expect((await send('GET', '/concurrency_limits/tag/db')).json).toMatchObject({ active_slots: [holder] });
    expect((await post('/concurrency_limits/tag/db/reset', {})).status).toBe(200);
    expect((await send('GET', '/concurrency_limits/tag/db')).json).toMatchObject({ active_slots: [] });
    await post('/concurrency_limits/tag/db/reset', { slot_override: [holder] });
    expect((await send('GET', '/concurrency_limits/tag/db')).json).toMatchObject({ active_slots: [holder] });
    expect((await post('/concurrency_limits/filter', {})).json).toMatchObject([{ tag: 'db' }]);
    expect((await send('DELETE', '/concurrency_limits/tag/db')).status).toBe(204);
    expect((await send('GET', '/concurrency_limits/tag/db')).status).toBe(404);
  });

  test('may have any name', async () => {
    const tag = 'a/b %_ü "x"';
    await post('/concurrency_limits/', { tag, concurrency_limit: 1 });
    expect((await send('GET', `/concurrency_limits/tag/${encodeURIComponent(tag)}`)).json).toMatchObject({ tag });
    expect((await send('DELETE', `/concurrency_limits/tag/${encodeURIComponent(tag)}`)).status).toBe(204);
  });
});

describe('slots of tags that a task run asks for by name (clients of 3.x that know no leases)', () => {
  const tagged = async (limit: number) => {
    const tag = `tag-of-${++count}`;
    await post('/concurrency_limits/', { tag, concurrency_limit: limit });
    return tag;
  };
  const ask = (way: 'increment' | 'decrement', names: string[], task_run_id: string) => post(`/concurrency_limits/${way}`, { names, task_run_id });

  test('are taken, refused while there are none, and given back', async () => {
    const [tag, first, second] = [await tagged(1), uuidv7(), uuidv7()];
    expect(await ask('increment', [tag, 'a tag without a limit'], first)).toMatchObject({ status: 200, json: [{ name: `tag:${tag}`, limit: 1 }] });
    expect(await ask('increment', [tag], second)).toMatchObject({ status: 423, json: { code: 'LOCKED' } });
    expect((await send('GET', `/concurrency_limits/tag/${tag}`)).json).toMatchObject({ active_slots: [first] });
    // Who holds nothing gives nothing back.
    await ask('decrement', [tag], second);
    expect((await ask('increment', [tag], second)).status).toBe(423);
    expect(await ask('decrement', [tag], first)).toMatchObject({ status: 200, json: [{ name: `tag:${tag}` }] });
    expect((await ask('increment', [tag], second)).status).toBe(200);
  });

  test('of several tags are taken together or not at all', async () => {
    const [free, full] = [await tagged(1), await tagged(0)];
    expect((await ask('increment', [free, full], uuidv7())).status).toBe(423);
    expect((await ask('increment', [free], uuidv7())).status).toBe(200);
    expect(await ask('increment', [], uuidv7())).toMatchObject({ status: 200, json: [] });
  });
});
