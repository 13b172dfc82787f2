import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Writer } from '../orchestrate/change.ts';
import { updateWorkPool } from '../store/work-pools.ts';
import { flowChange, newFlowRun, startTestEngine, type TestEngine, taskStep } from '../testing/test-engine.ts';
import { expireLease, makeDeployment, makeFlow, makePool, makeWorker, type Place, readRun, type TestWorker } from '../testing/test-records.ts';

let engine: TestEngine;
let flow: string;
const waits = new Set<AbortController>();

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  flow = await makeFlow(engine.sql);
});
afterEach(() => {
  for (const wait of waits) wait.abort();
  waits.clear();
});
afterAll(() => engine[Symbol.asyncDispose]());

function signal(): AbortSignal {
  const controller = new AbortController();
  waits.add(controller);
  return controller.signal;
}

async function claim({ pool_id }: Place, worker: TestWorker): Promise<Writer> {
  const [run] = await engine.dispatcher.claim({ pool_id, incarnation_id: worker.id, work_queue_names: [] }, signal());
  return { flow_run_id: run?.flow_run.id ?? '', epoch: run?.epoch ?? 0 };
}

const schedule = async (place: Place, name: string, row: object = {}) =>
  (await engine.door.submit(newFlowRun(flow, { name, work_queue_id: place.queue_id, ...row }))).id;

const finish = (id: string) => engine.door.submit(flowChange(id, 'COMPLETED'));

const wait = (ids: string[], lend: Writer | null, parts: { since?: { [id: string]: string }; signal?: AbortSignal } = {}) =>
  engine.waiting.wait({ ids, since: parts.since ?? {}, lend, any: false }, parts.signal ?? signal());

/** A parent on a pool and a worker of one slot each, and its child, which is due. */
async function parentAndChild() {
  const place = await makePool(engine.sql, { limit: 1 });
  const worker = await makeWorker(engine.sql, place);
  const parent_id = await schedule(place, 'parent');
  const parent = await claim(place, worker);
  expect(parent.flow_run_id).toBe(parent_id);
  await engine.door.submit(flowChange(parent_id, 'RUNNING', { writer: parent }));
  const { id: task } = await engine.door.submit(taskStep(parent_id, {}, { writer: parent }));
  const child = await schedule(place, 'child', { parent_task_run_id: task });
  return { place, worker, parent, child };
}

const knows = async (id: string) => {
  const [row] = await engine.sql<[{ state_id: string }]>`select state_id from flow_run where id = ${id}`;
  return { [id]: row.state_id };
};

test('a parent that only waits lends its slots to its child, and has them back before its wait ends', async () => {
  const { place, worker, parent, child } = await parentAndChild();
  const waiting = wait([child], parent, { since: await knows(child) });
  expect(await claim(place, worker), 'a worker of one slot runs the child beside its sleeping parent').toMatchObject({ flow_run_id: child });
  expect(await waiting, 'it hears of the start').toMatchObject({ changed: [child], done: false });
  expect(await readRun(engine.sql, parent.flow_run_id)).toMatchObject({
    type: 'RUNNING',
    lease: { lent: true, waiting_on: { flow_runs: [child] } },
  });
  const end = wait([child], parent, { since: await knows(child) });
  await finish(child);
  expect(await end).toMatchObject({ changed: [child], done: true });
  expect(await readRun(engine.sql, parent.flow_run_id)).toMatchObject({ type: 'RUNNING', lease: { lent: false, waiting_on: null } });
});

test('a parent that wants its slots back gets them before a run that is queued', async () => {
  const { place, worker, parent, child } = await parentAndChild();
  const waiting = wait([child], parent, { since: await knows(child) });
  await claim(place, worker);
  await waiting;
  const queued = await schedule(place, 'queued');
  const next = claim(place, worker);
  const end = wait([child], parent, { since: await knows(child) });
  await finish(child);
  expect(await end).toMatchObject({ done: true });
  expect(await readRun(engine.sql, queued)).toMatchObject({ type: 'SCHEDULED' });
  await finish(parent.flow_run_id);
  expect((await next).flow_run_id).toBe(queued);
});

test('while there is no slot for it, it stays in the wait, and says for which it waits', async () => {
  const { place, parent, child } = await parentAndChild();
  await engine.lending.lend(parent, [child]);
  await updateWorkPool(engine.sql, place.name, { concurrency_limit: 0 });
  await finish(child);
  const short = new AbortController();
  const end = wait([child], parent, { signal: short.signal });
  await engine.lending.resumeAll();
  expect((await readRun(engine.sql, parent.flow_run_id)).lease).toMatchObject({ lent: true, waiting_on: { slot: `work pool "${place.name}"` } });
  short.abort();
  expect(await end, 'the wait is over, not the waiting').toMatchObject({ done: false });
  const again = wait([child], parent);
  await updateWorkPool(engine.sql, place.name, { concurrency_limit: 1 });
  engine.desk.publish({ claimable: true });
  expect(await again).toMatchObject({ done: true });
});

test('three parents on a pool of three come to their ends', async () => {
  const place = await makePool(engine.sql, { limit: 3 });
  const workers = await Promise.all([1, 2, 3].map(() => makeWorker(engine.sql, place)));
  for (let index = 0; index < 3; index++) await schedule(place, `parent-${index}`);
  const parents = await Promise.all(workers.map((worker) => claim(place, worker)));
  let open = true;
  const helpers = workers.map(async (worker) => {
    while (open) {
      const run = await claim(place, worker);
      if (run.flow_run_id) await finish(run.flow_run_id);
    }
  });
  await Promise.all(
    parents.map(async (parent) => {
      await engine.door.submit(flowChange(parent.flow_run_id, 'RUNNING', { writer: parent }));
      const { id: task } = await engine.door.submit(taskStep(parent.flow_run_id, {}, { writer: parent }));
      const children = await Promise.all([1, 2].map((index) => schedule(place, `child-${index}`, { parent_task_run_id: task })));
      let seen = await wait(children, parent);
      for (let since = {}; !seen.done; seen = await wait(children, parent, { since })) {
        since = Object.assign({}, ...(await Promise.all(children.map(knows))));
      }
      await finish(parent.flow_run_id);
    }),
  );
  open = false;
  for (const controller of waits) controller.abort();
  await Promise.all(helpers);
  const [used] = await engine.sql<[{ used: number }]>`select count(*)::integer as used from flow_run_lease where work_pool_id = ${place.pool_id}`;
  expect(used).toEqual({ used: 0 });
});

test('a parent that dies while its slots are lent frees nothing twice', async () => {
  const place = await makePool(engine.sql, { limit: 1 });
  const worker = await makeWorker(engine.sql, place, 5);
  await schedule(place, 'parent');
  const parent = await claim(place, worker);
  const child = await schedule(place, 'child');
  await engine.lending.lend(parent, [child]);
  await claim(place, worker);
  const third = await schedule(place, 'third');
  await expireLease(engine.sql, parent.flow_run_id);
  const claimOf = { incarnation_id: worker.id, worker_name: worker.name, worker_limit: 5, lease_seconds: 30 };
  const [reaped, taken] = await Promise.all([
    engine.door.submit(flowChange(parent.flow_run_id, 'CRASHED', { reap: true })),
    engine.door.submit(flowChange(third, 'PENDING', { claim: claimOf })),
  ]);
  expect(reaped).toMatchObject({ status: 'REJECT', state: { name: 'Requeued' } });
  expect(taken, 'in the same batch the one slot is still the child’s').toMatchObject({ status: 'ABORT' });
  await finish(child);
  expect(await engine.door.submit(flowChange(third, 'PENDING', { claim: claimOf }))).toMatchObject({ status: 'ACCEPT' });
});

test('the deployment’s slot is never lent: a limit of one there means never two at once', async () => {
  const place = await makePool(engine.sql);
  const worker = await makeWorker(engine.sql, place, 5);
  const deployment_id = await makeDeployment(engine.sql, flow, place.queue_id, { limit: 1 });
  await schedule(place, 'parent', { deployment_id });
  const parent = await claim(place, worker);
  await engine.lending.lend(parent, [await schedule(place, 'child', {})]);
  const second = await schedule(place, 'second', { deployment_id });
  const claimOf = { incarnation_id: worker.id, worker_name: worker.name, worker_limit: 5, lease_seconds: 30 };
  expect(await engine.door.submit(flowChange(second, 'PENDING', { claim: claimOf }))).toMatchObject({
    status: 'ABORT',
    reason: expect.stringContaining('All 1 slots of the deployment'),
  });
});

describe('a wait', () => {
  test('for nothing is over at once, and gives nothing away', async () => {
    const place = await makePool(engine.sql);
    await schedule(place, 'parent');
    const parent = await claim(place, await makeWorker(engine.sql, place));
    expect(await wait([], parent)).toEqual({ changed: [], missing: [], done: true });
    expect((await readRun(engine.sql, parent.flow_run_id)).lease).toMatchObject({ lent: false });
  });

  test('names runs that do not exist, and runs that are deleted meanwhile', async () => {
    const nobody = engine.newId();
    expect(await wait([nobody], null)).toEqual({ changed: [], missing: [nobody], done: true });
  });

  test('that has no time left answers what is known', async () => {
    const place = await makePool(engine.sql);
    const id = await schedule(place, 'run');
    expect(await wait([id], null, { since: await knows(id), signal: AbortSignal.abort() })).toEqual({ changed: [], missing: [], done: false });
  });

  test('that has no time left does not wait for slots', async () => {
    const { parent, child } = await parentAndChild();
    await engine.lending.lend(parent, [child]);
    expect(await engine.lending.resume(parent, AbortSignal.abort())).toBe('waiting');
  });

  test('of a holder whose lease has ended is told so', async () => {
    const place = await makePool(engine.sql);
    const id = await schedule(place, 'run');
    await expect(wait([id], { flow_run_id: engine.newId(), epoch: 1 }, { since: await knows(id) })).rejects.toMatchObject({ code: 'LEASE_EXPIRED' });
    await finish(id);
    await expect(wait([id], { flow_run_id: engine.newId(), epoch: 1 })).rejects.toMatchObject({ code: 'LEASE_EXPIRED' });
  });
});

test('one who cannot have its slots back does not keep the others, and no claim, from theirs', async () => {
  const place = await makePool(engine.sql);
  const queued = await schedule(place, 'held by a Prefect worker');
  const { epoch } = await engine.door.submit(flowChange(queued, 'PENDING'));
  const odd = { flow_run_id: queued, epoch };
  await engine.lending.lend(odd, []);
  const resumed = engine.lending.resume(odd, signal());
  const worker = await makeWorker(engine.sql, place);
  await schedule(place, 'next');
  expect((await claim(place, worker)).epoch).toBe(1);
  expect(await resumed).toBe('resumed');
});
