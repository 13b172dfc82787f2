import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { type Call, call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let one: TestServer;
let two: TestServer;
let flow_id: string;

beforeAll(async () => {
  one = await startTestServer(inject('postgres'));
  two = await startTestServer(inject('postgres'), { database_url: one.databaseUrl });
  flow_id = (await post('/flows/', { name: 'flow' })).json.id;
});
afterAll(async () => {
  await two.stop();
  await one.stop();
});

async function send(server: TestServer, method: string, path: string, options?: Call) {
  const { status, json } = await call(server.url, method, path, options);
  return { status, json: json as { id: string; name: string; lease_id: string; limits: unknown[] } };
}
const post = (path: string, body: unknown, headers: Call['headers'] = {}, server = one) => send(server, 'POST', path, { body, headers });
const runs = async (name: string) => (await post('/flow_runs/', { flow_id, name, state: { type: 'RUNNING' } })).json.id;
const why = async (id: string, kind = 'flow_runs') =>
  (await send(one, 'GET', `/${kind}/${id}/wait_reason`)).json as unknown as { reason: string | null; hint: string | null };
const patch = (path: string, body: unknown) => send(one, 'PATCH', path, { body });

interface Ask {
  readonly run: string;
  readonly task?: string;
  readonly slots?: number;
  readonly server?: TestServer;
}

/** A task of a run asks for slots, as the SDK does, and waits. */
function asks(name: string, { run, task = uuidv7(), slots = 1, server = one }: Ask) {
  const holder = { type: 'task_run', id: task };
  const body = { names: [name], slots, holder, within: [holder, { type: 'flow_run', id: run }] };
  return post('/v2/concurrency_limits/increment-with-lease', body, { prefer: 'wait=50' }, server);
}
const release = (lease_id: string) => post('/v2/concurrency_limits/decrement-with-lease', { lease_id });
const limited = (name: string, limit: number) => post('/v2/concurrency_limits/', { name, limit });

test('a run whose task queues for a slot says for which limit, who holds it, and its place in the line, at every server', async () => {
  await limited('tag:db', 1);
  const [holding, second, third] = [await runs('holding'), await runs('second'), await runs('third')];
  const held = await asks('tag:db', { run: holding });
  const task = uuidv7();
  const waiting = [asks('tag:db', { run: second, server: two })];
  await eventually(async () => expect((await why(second)).reason).toContain('1st in line'));
  waiting.push(asks('tag:db', { run: third, task }));
  await eventually(async () => expect((await why(third)).reason).toContain('2nd in line'));
  expect((await why(second)).reason).toMatch(/^a task waits for a slot of the tag "db" \(limit 1, held by .*; 1st in line\)$/);
  expect((await why(task, 'task_runs')).reason).toMatch(/^waits for a slot of the tag "db" \(limit 1, held by .*; 2nd in line\)$/);
  let next = held.json.lease_id;
  for (const each of waiting) {
    await release(next);
    next = (await each).json.lease_id;
  }
  await eventually(async () => expect(await why(third)).toEqual({ reason: null, hint: null }));
});

test('a limit that is set to 0 makes everybody wait, those who come later too, and says so; a higher one wakes them', async () => {
  await limited('tag:zero', 1);
  const [first, later] = [await runs('first'), await runs('later')];
  const held = await asks('tag:zero', { run: await runs('holder') });
  const waiting = asks('tag:zero', { run: first });
  await eventually(async () => expect((await why(first)).reason).toContain('1st in line'));
  await patch('/v2/concurrency_limits/tag:zero', { limit: 0 });
  await release(held.json.lease_id);
  const late = asks('tag:zero', { run: later });
  await eventually(async () =>
    expect(await why(later)).toEqual({
      reason: 'a task waits for a slot of the tag "zero": its limit is 0',
      hint: 'Raise the limit: sluice concurrency-limit create zero NUMBER',
    }),
  );
  expect((await post('/v2/concurrency_limits/increment', { names: ['tag:zero'], slots: 1 })).status).toBe(423);
  await patch('/v2/concurrency_limits/tag:zero', { limit: 2 });
  expect((await Promise.all([waiting, late])).map(({ status }) => status)).toEqual([200, 200]);
});

test('who waits for more than a limit has after it was made smaller waits on, and holds up nobody', async () => {
  await limited('shrinks', 3);
  const [much, little] = [await runs('much'), await runs('little')];
  const held = await asks('shrinks', { run: await runs('holder'), slots: 2 });
  const two = asks('shrinks', { run: much, slots: 2 });
  await eventually(async () => expect((await why(much)).reason).toContain('1st in line'));
  await patch('/v2/concurrency_limits/shrinks', { limit: 1 });
  await release(held.json.lease_id);
  await eventually(async () =>
    expect((await why(much)).reason).toBe('a task waits for 2 slots of the concurrency limit "shrinks", whose limit is 1'),
  );
  const one = await asks('shrinks', { run: little });
  expect(one.status).toBe(200);
  await release(one.json.lease_id);
  await patch('/v2/concurrency_limits/shrinks', { limit: 2 });
  expect((await two).status).toBe(200);
});

test('asking for more than a limit has is refused with the limit, what was asked and what there is', async () => {
  await limited('small', 2);
  const answer = await asks('small', { run: await runs('asks'), slots: 5 });
  expect(answer).toMatchObject({ status: 422, json: { detail: 'Slots requested is greater than the limit: 5 of "small", which has 2.' } });
});

test('a limit that is deleted while it is held and waited for lets those who wait go on without it', async () => {
  await limited('gone', 1);
  const run = await runs('waits');
  await asks('gone', { run: await runs('holder') });
  const waiting = asks('gone', { run });
  await eventually(async () => expect((await why(run)).reason).toContain('1st in line'));
  expect((await send(one, 'DELETE', '/v2/concurrency_limits/gone')).status).toBe(204);
  expect(await waiting).toMatchObject({ status: 200, json: { limits: [] } });
});

describe('a run that waits in a queue says so when, under it,', () => {
  /** A run of a deployment in a queue of a pool, all of their own, with a worker that takes nothing. */
  async function waiting(name: string) {
    await post('/work_pools/', { name });
    await post(`/work_pools/${name}/queues`, { name: 'slow' });
    const beat = { worker_id: uuidv7(), name: 'idle', concurrency_limit: 1, heartbeat_interval_seconds: 60, host: 'h', pid: 1, leases: [] };
    await post(`/work_pools/${name}/workers/beat`, beat);
    const { json: deployment } = await post('/deployments/', { name: 'daily', flow_id, work_pool_name: name, work_queue_name: 'slow' });
    const { json: run } = await post(`/deployments/${deployment.id}/create_flow_run`, {});
    expect(await why(run.id)).toEqual({ reason: null, hint: null });
    return {
      deployment: `/deployments/${deployment.id}`,
      pool: `/work_pools/${name}`,
      queue: `/work_pools/${name}/queues/slow`,
      why: () => why(run.id),
    };
  }
  const remove = (path: string) => send(one, 'DELETE', path);

  test('its pool, its queue or its deployment is paused, and no more when that is over', async () => {
    const { pool, queue, deployment, why } = await waiting('pausing');
    for (const { path, pause, reason, hint } of [
      { path: pool, pause: 'is_paused', reason: 'work pool pausing is paused', hint: 'sluice work-pool resume pausing' },
      { path: queue, pause: 'is_paused', reason: 'work queue slow of pausing is paused', hint: 'sluice work-queue resume slow --pool pausing' },
      { path: deployment, pause: 'paused', reason: 'deployment daily is paused', hint: 'sluice deployment resume flow/daily' },
    ]) {
      await patch(path, { [pause]: true });
      expect(await why()).toEqual({ reason, hint: `End the pause: ${hint}` });
      await patch(path, { [pause]: false });
      expect(await why()).toEqual({ reason: null, hint: null });
    }
  });

  test('its worker comes to take runs of other queues only', async () => {
    const { pool, why } = await waiting('elsewhere');
    const beat = { worker_id: uuidv7(), name: 'idle', concurrency_limit: 1, heartbeat_interval_seconds: 60, host: 'h', pid: 1, leases: [] };
    await post(`${pool}/workers/beat`, { ...beat, queues: ['fast'] });
    expect(await why()).toEqual({
      reason: 'no worker takes runs of work queue slow of elsewhere (for other queues: idle)',
      hint: 'Start one: sluice worker start --pool elsewhere --work-queue slow',
    });
    await post(`${pool}/workers/beat`, { ...beat, queues: ['fast', 'slow'] });
    expect((await why()).reason).toBeNull();
  });

  test('its pool is deleted', async () => {
    const { pool, why } = await waiting('short-lived');
    await remove(pool);
    expect(await why()).toEqual({
      reason: 'its work pool or work queue was deleted, or it had none: no worker takes it',
      hint: 'Cancel it, deploy again, and start a new run.',
    });
  });

  test('its queue is deleted', async () => {
    const { queue, why } = await waiting('loses-queue');
    await remove(queue);
    expect((await why()).reason).toMatch(/^its work pool or work queue was deleted/);
  });

  test('its deployment is deleted: it goes with it, as with Prefect', async () => {
    const { deployment, why } = await waiting('loses-deployment');
    await remove(deployment);
    expect(await why()).toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('a run whose only task pauses before another try says when that is, and nothing while another task runs', async () => {
  const run = await runs('pausing');
  const step = (name: string, policy: object) => {
    const task_run = { id: uuidv7(), name, flow_run_id: run, task_key: name, dynamic_key: '0', empirical_policy: policy };
    return post('/task_runs/step', { task_run, state: { type: 'RUNNING' } }).then(() => task_run.id);
  };
  const end = (id: string, type: string) => post(`/task_runs/${id}/set_state`, { state: { type } });
  const [pauses, other] = [await step('pauses', { retries: 1, retry_delay: 600 }), await step('other', {})];
  await end(pauses, 'FAILED');
  expect((await why(run)).reason).toBeNull();
  await end(other, 'COMPLETED');
  expect((await why(run)).reason).toMatch(/^a task is tried again in (600|59\d) s$/);
});

test('a run that is not there is not found', async () => {
  const id = uuidv7();
  expect(await send(one, 'GET', `/flow_runs/${id}/wait_reason`)).toMatchObject({ status: 404, json: { detail: `Flow run ${id} not found` } });
});
