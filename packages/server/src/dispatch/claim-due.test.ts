import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { lockElsewhere } from '../testing/lock-elsewhere.ts';
import { newFlowRun, startTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { makeFlow, makePool, makeWorker, type Place, type TestWorker } from '../testing/test-records.ts';

let engine: TestEngine;
let flow: string;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  flow = await makeFlow(engine.sql);
});
afterAll(() => engine[Symbol.asyncDispose]());

async function schedule(work_queue_id: string, name: string, scheduled_time?: string): Promise<string> {
  const proposed = { type: 'SCHEDULED' as const, ...(scheduled_time && { state_details: { scheduled_time } }) };
  return (await engine.door.submit(newFlowRun(flow, { name, work_queue_id }, { proposed }))).id;
}

async function claimDue({ pool_id }: Place, worker: TestWorker): Promise<string[]> {
  const runs = await engine.dispatcher.claimDue({ pool_id, incarnation_id: worker.id, work_queue_names: [] }, new AbortController().signal);
  return runs.map(({ flow_run }) => flow_run.name);
}

test('a claim of what is due gets that, and nothing when nothing is, without a wait', async () => {
  const place = await makePool(engine.sql);
  const worker = await makeWorker(engine.sql, place, 2);
  expect(await claimDue(place, worker)).toEqual([]);
  await schedule(place.queue_id, 'tomorrow', new Date(Date.now() + 86_400_000).toISOString());
  await schedule(place.queue_id, 'now');
  expect(await claimDue(place, worker)).toEqual(['now']);
  expect(await claimDue(place, worker)).toEqual([]);
});

test('a claim of what is due waits for the look at a run whose row somebody else holds for a moment', async () => {
  const place = await makePool(engine.sql);
  const id = await schedule(place.queue_id, 'held');
  const { release } = await lockElsewhere(engine.databaseUrl, 'flow_run', id);
  const claimed = claimDue(place, await makeWorker(engine.sql, place));
  await release();
  expect(await claimed).toEqual(['held']);
});
