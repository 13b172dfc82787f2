import type { Event } from '@sluice/core/model/event';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { readRecord } from '../store/records.ts';
import { startTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { makeDeployment, makeFlow, makePool, makeWorker } from '../testing/test-records.ts';
import { createWorkerStatus } from './housekeeping.ts';
import { createStatuses } from './statuses.ts';

let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
});
afterAll(() => engine[Symbol.asyncDispose]());

const statuses = () => createStatuses({ ...engine, everySeconds: 5 });
const eventsOf = (resource: string) =>
  engine.sql<Event[]>`select event, resource, related from event where resource_id = ${resource} order by received, id`;
const namesOf = async (resource: string) => (await eventsOf(resource)).map(({ event }) => event);

test('a pool, its queue and its deployments tell when they become ready, and when they are no more', async () => {
  const place = await makePool(engine.sql, { name: 'told' });
  const deployment = await makeDeployment(engine.sql, await makeFlow(engine.sql, 'flow'), place.queue_id, { name: 'deployed' });
  const all = [`prefect.work-pool.${place.pool_id}`, `prefect.work-queue.${place.queue_id}`, `prefect.deployment.${deployment}`] as const;
  expect(await statuses().tick()).toEqual({ told: 0 });

  await makeWorker(engine.sql, place);
  expect(await statuses().tick()).toEqual({ told: 3 });
  expect(await statuses().tick()).toEqual({ told: 0 });

  await engine.sql`update worker set last_heartbeat_time = now() - interval '1 hour'`;
  await engine.sql`update work_queue set last_polled = now() - interval '61 seconds'`;
  await createWorkerStatus({ ...engine, everySeconds: 5 }).tick();
  expect(await statuses().tick()).toEqual({ told: 3 });
  await engine.sql`update work_pool set is_paused = true`;
  expect(await statuses().tick()).toEqual({ told: 1 });

  const [pool, queue, deployed] = await Promise.all(all.map(namesOf));
  expect(pool).toEqual(['prefect.work-pool.ready', 'prefect.work-pool.not-ready', 'prefect.work-pool.paused']);
  expect(queue).toEqual(['prefect.work-queue.ready', 'prefect.work-queue.not-ready']);
  expect(deployed).toEqual(['prefect.deployment.ready', 'prefect.deployment.not-ready']);

  const named = (id: string, name: string) => ({ 'prefect.resource.id': id, 'prefect.resource.name': name });
  const [[readyPool], [readyQueue], [ready]] = await Promise.all([eventsOf(all[0]), eventsOf(all[1]), eventsOf(all[2])]);
  expect(readyPool).toMatchObject({ resource: { ...named(all[0], 'told'), 'prefect.work-pool.type': 'process' }, related: [] });
  const inPool = { ...named(all[0], 'told'), 'prefect.resource.role': 'work-pool', 'prefect.work-pool.type': 'process' };
  const inQueue = { ...named(all[1], 'default'), 'prefect.resource.role': 'work-queue' };
  expect(readyQueue).toMatchObject({ resource: inQueue, related: [inPool] });
  expect(ready).toMatchObject({ resource: named(all[2], 'deployed') });
  expect(ready?.related).toEqual([expect.objectContaining({ 'prefect.resource.name': 'flow', 'prefect.resource.role': 'flow' }), inQueue, inPool]);
});

test('a deployment without a queue is ready as long as a program that serves it asks for its runs', async () => {
  const deployment = await makeDeployment(engine.sql, await makeFlow(engine.sql, 'served'), null, { name: 'served' });
  await engine.sql`update deployment set last_polled = now() where id = ${deployment}`;
  await statuses().tick();
  expect(JSON.parse((await readRecord(engine.sql, 'deployment_view', { id: deployment })) ?? '')).toMatchObject({ status: 'READY' });
  await engine.sql`update deployment set last_polled = now() - interval '61 seconds' where id = ${deployment}`;
  await statuses().tick();
  expect(await namesOf(`prefect.deployment.${deployment}`)).toEqual(['prefect.deployment.ready', 'prefect.deployment.not-ready']);
});

test('two servers that look at the same moment tell each change once', async () => {
  const places = await Promise.all(Array.from({ length: 20 }, () => makePool(engine.sql)));
  for (const place of places) await makeWorker(engine.sql, place);
  const told = await Promise.all([statuses().tick(), statuses().tick(), statuses().tick()]);
  expect(told.reduce((sum, each) => sum + Number(each['told']), 0)).toBe(2 * places.length);
  expect(await namesOf(`prefect.work-pool.${places[0]?.pool_id}`)).toEqual(['prefect.work-pool.ready']);
});
