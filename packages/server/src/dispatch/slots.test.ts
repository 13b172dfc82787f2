import type { LeaseGranted } from '@sluice/core/model/concurrency-limit';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { createExpiredSlots } from '../services/housekeeping.ts';
import { endSlotLease, renewSlotLease } from '../store/concurrency-limits.ts';
import { flowChange, newFlowRun, startTestEngine, type TestEngine, taskChange, taskStep } from '../testing/test-engine.ts';
import { makeFlow, makeLimit, makePool } from '../testing/test-records.ts';
import type { SlotRequest } from './slots.ts';

let engine: TestEngine;
const waits = new Set<AbortController>();

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
});
afterEach(() => {
  for (const wait of waits) wait.abort();
  waits.clear();
});
afterAll(() => engine[Symbol.asyncDispose]());

let count = 0;
const limited = async (limit: number, decay = 0) => {
  const name = `limit-${++count}`;
  await makeLimit(engine.sql, name, limit, decay);
  return name;
};

const request = (names: string | string[], parts: Partial<SlotRequest> = {}): SlotRequest => ({
  names: [names].flat(),
  slots: 1,
  mode: 'concurrency',
  lease_seconds: 60,
  holder: null,
  writer: null,
  token_above: null,
  ...parts,
});

function acquire(names: string | string[], parts: Partial<SlotRequest> = {}) {
  const controller = new AbortController();
  waits.add(controller);
  return { granted: engine.slots.acquire(request(names, parts), controller.signal), stop: () => controller.abort() };
}

/** What the routes do: free, and tell those who wait. */
async function release(granted: LeaseGranted | undefined): Promise<void> {
  const limits = await endSlotLease(engine.sql, granted?.lease_id ?? '');
  engine.desk.publish({ limits });
}

const used = async (name: string) => {
  const [row] = await engine.sql<[{ active_slots: number }]>`select active_slots from concurrency_limit_view where name = ${name}`;
  return row.active_slots;
};

describe('slots are given', () => {
  test('until there are none left', async () => {
    const name = await limited(2);
    expect(await engine.slots.tryAcquire(request(name))).toMatchObject({ limits: [{ name, limit: 2 }] });
    expect(await engine.slots.tryAcquire(request(name))).toBeDefined();
    expect(await engine.slots.tryAcquire(request(name))).toBeUndefined();
    expect(await used(name)).toBe(2);
  });

  test('by no more than there are, when many ask at once', async () => {
    const name = await limited(3);
    const all = await Promise.all(Array.from({ length: 12 }, () => engine.slots.tryAcquire(request(name))));
    expect(all.filter(Boolean)).toHaveLength(3);
  });

  test('of all limits that are named, or of none', async () => {
    const [free, full] = [await limited(5), await limited(1)];
    await engine.slots.tryAcquire(request(full));
    expect(await engine.slots.tryAcquire(request([free, full]))).toBeUndefined();
    expect(await used(free)).toBe(0);
  });

  test('freely where no limit is, or where it is switched off', async () => {
    const off = await limited(0);
    await engine.sql`update concurrency_limit set active = false where name = ${off}`;
    expect(await engine.slots.tryAcquire(request([off, 'no such limit']))).toMatchObject({ limits: [] });
  });

  test('never beyond what a limit can ever have', async () => {
    const name = await limited(2);
    await expect(engine.slots.tryAcquire(request(name, { slots: 3 }))).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await expect(engine.slots.tryAcquire(request(name, { mode: 'rate_limit' }))).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  test('again when their time is over', async () => {
    const name = await limited(1);
    const first = await engine.slots.tryAcquire(request(name));
    const waiting = acquire(name);
    await engine.sql`update concurrency_slot set expires_at = clock_timestamp() - interval '1 second' where lease_id = ${first?.lease_id ?? ''}`;
    expect(await renewSlotLease(engine.sql, first?.lease_id ?? '', 60), 'what has ended is not prolonged').toBe(false);
    expect(await createExpiredSlots({ ...engine, everySeconds: 5 }).tick()).toEqual({ freed: 1 });
    expect(await waiting.granted).toBeDefined();
  });

  test('one after the other where they decay', async () => {
    const name = await limited(2, 0.01);
    const rate = { mode: 'rate_limit' as const, lease_seconds: null };
    expect(await engine.slots.tryAcquire(request(name, rate))).toBeDefined();
    expect(await engine.slots.tryAcquire(request(name, rate))).toBeDefined();
    expect(await engine.slots.tryAcquire(request(name, rate))).toBeUndefined();
    const rows = await engine.sql<{ seconds: number }[]>`
      select round(extract(epoch from s.expires_at - clock_timestamp()) / 100)::integer as seconds
      from concurrency_slot s join concurrency_limit c on c.id = s.concurrency_limit_id where c.name = ${name} order by s.expires_at`;
    expect(
      rows.map(({ seconds }) => seconds),
      'hundreds of seconds until each is free',
    ).toEqual([1, 2]);
  });
});

describe('who waits', () => {
  test('is served in the order in which they came', async () => {
    const name = await limited(1);
    const first = await engine.slots.tryAcquire(request(name));
    const order: string[] = [];
    const waiting = ['a', 'b', 'c'].map((who) => acquire(name).granted.then((granted) => ({ who, granted, place: order.push(who) })));
    await release(first);
    for (const each of waiting) await release((await each).granted);
    expect(order).toEqual(['a', 'b', 'c']);
  });

  test('for much is not passed by those who want little', async () => {
    const name = await limited(2);
    const [one, two] = [await engine.slots.tryAcquire(request(name)), await engine.slots.tryAcquire(request(name))];
    const much = acquire(name, { slots: 2 });
    const little = acquire(name);
    await release(one);
    await release(two);
    const granted = await much.granted;
    expect(granted).toBeDefined();
    expect(engine.slots.waiting()).toHaveLength(1);
    await release(granted);
    expect(await little.granted).toBeDefined();
  });

  test('for one limit does not hold up those who wait for another', async () => {
    const [full, free] = [await limited(1), await limited(1)];
    await engine.slots.tryAcquire(request(full));
    acquire(full);
    expect(await acquire(free).granted).toBeDefined();
  });

  test('and gives up leaves nothing behind', async () => {
    const name = await limited(1);
    const first = await engine.slots.tryAcquire(request(name));
    const gone = acquire(name);
    gone.stop();
    expect(await gone.granted).toBeUndefined();
    await release(first);
    // A try for it may have been under way: what that took comes back.
    await eventually(async () => expect(await used(name)).toBe(0));
    expect(await engine.slots.acquire(request(name), AbortSignal.abort())).toBeUndefined();
  });

  test('and gives up as it is served gives back what it was given', async () => {
    const [name, other] = [await limited(1), await limited(1)];
    const first = await engine.slots.tryAcquire(request(name));
    const gone = acquire(name);
    const next = acquire([name, other]);
    // Its slot is being taken in a transaction that waits for this lock; meanwhile it hangs up.
    await engine.database.transaction(async (sql) => {
      await sql`select from concurrency_limit where name = ${name} for update`;
      await sql`delete from concurrency_slot where lease_id = ${first?.lease_id ?? ''}`;
      engine.desk.publish({ limits: ['*'] });
      await waitsForLock(sql);
      gone.stop();
    });
    expect(await gone.granted).toBeUndefined();
    expect(await next.granted, 'the next has it at once').toBeDefined();
    expect(await used(name)).toBe(1);
  });

  async function waitsForLock(sql: TestEngine['sql'] | Parameters<Parameters<TestEngine['database']['transaction']>[0]>[0]): Promise<void> {
    for (let waiting = 0; waiting === 0; ) {
      const [row] = await sql<
        [{ waiting: number }]
      >`select count(*)::integer as waiting from pg_locks where not granted and locktype = 'transactionid'`;
      waiting = row.waiting;
    }
  }

  test('for something impossible is told so, and nobody behind it waits longer', async () => {
    const name = await limited(1);
    const impossible = acquire(name, { slots: 5 });
    const possible = acquire(name);
    await expect(impossible.granted).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    expect(await possible.granted).toBeDefined();
  });

  test('when the limit is taken away goes on without one', async () => {
    const name = await limited(1);
    await engine.slots.tryAcquire(request(name));
    const waiting = acquire(name);
    await engine.sql`delete from concurrency_limit where name = ${name}`;
    engine.desk.publish({ limits: [name] });
    expect(await waiting.granted).toMatchObject({ limits: [] });
  });
});

test('fencing tokens grow with every lease, and start above what the caller has seen', async () => {
  const name = await limited(9);
  const token = async (token_above: number | null) => (await engine.slots.tryAcquire(request(name, { token_above })))?.token;
  expect(await token(null)).toBeUndefined();
  expect([await token(0), await token(0), await token(100), await token(7)]).toEqual([1, 2, 101, 102]);
});

describe('slots under a flow run’s lease', () => {
  async function held() {
    const place = await makePool(engine.sql);
    const { id } = await engine.door.submit(newFlowRun(await makeFlow(engine.sql), { work_queue_id: place.queue_id }));
    const claim = { incarnation_id: engine.newId(), worker_name: 'w', worker_limit: 1, lease_seconds: 30 };
    const { epoch } = await engine.door.submit(flowChange(id, 'PENDING', { claim }));
    await engine.door.submit(flowChange(id, 'RUNNING', { writer: { flow_run_id: id, epoch } }));
    return { flow_run_id: id, epoch };
  }

  test('live as long as that, and whoever waits has them the moment it ends', async () => {
    const name = await limited(1);
    const writer = await held();
    const granted = await engine.slots.tryAcquire(request(name, { writer }));
    const [slot] =
      await engine.sql`select expires_at is null as endless, flow_run_id from concurrency_slot where lease_id = ${granted?.lease_id ?? ''}`;
    expect(slot).toEqual({ endless: true, flow_run_id: writer.flow_run_id });
    const waiting = acquire(name);
    await engine.door.submit(flowChange(writer.flow_run_id, 'FAILED', { writer }));
    expect(await waiting.granted).toBeDefined();
    expect(await renewSlotLease(engine.sql, granted?.lease_id ?? '', 60)).toBe(false);
  });

  test('of a tag are there when the task starts, also when an earlier try made its task run', async () => {
    const name = `tag:${await limited(1)}`;
    await makeLimit(engine.sql, name, 1);
    const writer = await held();
    const keys = { task_key: 't', dynamic_key: 'k', tags: [name.slice(4)] };
    for (const id of [engine.newId(), engine.newId()]) {
      const holder = { type: 'task_run' as const, id };
      const granted = await engine.slots.tryAcquire(request(name, { writer, holder }));
      const step = await engine.door.submit(taskStep(writer.flow_run_id, { id, ...keys }, { writer }));
      expect(step, 'its own slot is not in its way').toMatchObject({ status: 'ACCEPT' });
      await engine.door.submit(taskChange(step.id, 'FAILED', { writer }));
      await release(granted);
    }
    expect(await used(name)).toBe(0);
  });
});

describe('slots of a task that takes none beforehand, as Prefect’s', () => {
  test('are taken with RUNNING, once a tag however often it is named, and are free with its end', async () => {
    const tag = await limited(0);
    await makeLimit(engine.sql, `tag:${tag}`, 1);
    const { id: run } = await engine.door.submit(newFlowRun(await makeFlow(engine.sql)));
    await engine.door.submit(flowChange(run, 'RUNNING'));
    const first = await engine.door.submit(taskStep(run, { tags: [tag, tag] }));
    expect(first).toMatchObject({ status: 'ACCEPT' });
    expect(await used(`tag:${tag}`)).toBe(1);
    const second = taskStep(run, { tags: [tag] });
    expect(await engine.door.submit(second)).toMatchObject({ status: 'WAIT', delay: 10_000_000, created: false });
    await engine.door.submit(taskChange(first.id, 'COMPLETED'));
    expect(await engine.door.submit(second)).toMatchObject({ status: 'ACCEPT', created: true });
  });

  test('are exact within one batch', async () => {
    const tag = await limited(0);
    await makeLimit(engine.sql, `tag:${tag}`, 3);
    const { id: run } = await engine.door.submit(newFlowRun(await makeFlow(engine.sql)));
    await engine.door.submit(flowChange(run, 'RUNNING'));
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => engine.door.submit(taskStep(run, { tags: [tag] }))));
    expect(outcomes.map(({ status }) => status)).toEqual(['ACCEPT', 'ACCEPT', 'ACCEPT', 'WAIT', 'WAIT']);
  });
});
