import { toInstant } from '@sluice/core/lib/time';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { flowChange, newFlowRun, startTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { makeFlow, readRun } from '../testing/test-records.ts';
import { createExpiredPauses } from './expired-pauses.ts';

let engine: TestEngine;
let flow: string;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  flow = await makeFlow(engine.sql);
});
afterAll(() => engine[Symbol.asyncDispose]());

/** A run that is paused, until so many seconds from now. */
async function paused(seconds: number | null): Promise<string> {
  const { id } = await engine.door.submit(newFlowRun(flow, {}, { proposed: { type: 'RUNNING' } }));
  const pause_timeout = seconds === null ? null : toInstant((Date.now() + seconds * 1000) * 1000);
  await engine.door.submit(flowChange(id, 'PAUSED', { proposed: { type: 'PAUSED', state_details: { pause_timeout } } }));
  return id;
}

test('a pause that is over ends its run once, and none that was resumed or goes on', async () => {
  const [over, later, ever, resumed] = [await paused(-1), await paused(600), await paused(null), await paused(600)];
  await engine.door.submit(flowChange(resumed, 'RUNNING'));
  const service = createExpiredPauses(engine);
  const ticks = await Promise.all([service.tick(), service.tick()]);
  expect(ticks.map(({ failed }) => Number(failed)).reduce((sum, each) => sum + each)).toBe(1);
  expect(await readRun(engine.sql, over)).toMatchObject({ type: 'FAILED', states: 3 });
  for (const id of [later, ever]) expect(await readRun(engine.sql, id)).toMatchObject({ type: 'PAUSED' });
  expect(await readRun(engine.sql, resumed)).toMatchObject({ type: 'RUNNING' });
  expect(await service.tick()).toEqual({ failed: 0 });
});

test('a run that is resumed while the service looks at it is left alone', async () => {
  const id = await paused(600);
  await engine.door.submit(flowChange(id, 'FAILED', { force: true, pauseIsOver: true }));
  expect(await readRun(engine.sql, id)).toMatchObject({ type: 'PAUSED' });
});
