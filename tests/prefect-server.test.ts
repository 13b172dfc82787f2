import { createClient } from '@sluice/client';
import { waitForFlowRuns } from '@sluice/sdk';
import { startTestServer, type TestServer } from '@sluice/server/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { watchFlowRun } from '../packages/cli/src/watch/watch-flow-run.ts';
import { eventually } from './support/eventually.ts';
import { type Recorder, startRecorder } from './support/recorder.ts';

let server: TestServer;
let prefect: Recorder;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  prefect = await startRecorder(server.url, { asPrefect: true });
  process.env['SLUICE_API_URL'] = prefect.url;
});
afterAll(async () => {
  await prefect[Symbol.asyncDispose]();
  await server.stop();
});

async function startRun() {
  const client = createClient({ apiUrl: prefect.url });
  const { id: flow_id } = await client.request('POST /flows/', { body: { name: 'elsewhere' } });
  const { id } = await client.request('POST /flow_runs/', { body: { flow_id } });
  const end = () => client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: { type: 'COMPLETED' } } });
  const polls = (path: string) => prefect.asked.filter((each) => each.endsWith(path)).length;
  return { client, id, end, polls, [Symbol.asyncDispose]: () => client.close() };
}

test('a wait for flow runs polls a Prefect server, and never asks for a route that it lacks', async () => {
  await using run = await startRun();
  const waiting = waitForFlowRuns([run.id]);
  await eventually(() => expect(run.polls('/flow_runs/filter')).toBeGreaterThan(1));
  await run.end();
  expect(await waiting).toMatchObject([{ flow_run: { state_type: 'COMPLETED' } }]);
  expect(prefect.asked).not.toContain('POST /api/flow_runs/wait');
});

test('a run on a Prefect server is watched to its end, without a stream', async () => {
  await using run = await startRun();
  const watch = watchFlowRun(run.client, run.id, new AbortController().signal);
  const states: string[] = [];
  for (let next = await watch.next(); !next.done; next = await watch.next()) {
    if (next.value.kind !== 'state') continue;
    states.push(next.value.state.type);
    if (states.length === 1) await run.end();
  }
  expect(states).toEqual(['PENDING', 'COMPLETED']);
  expect(prefect.asked.filter((each) => each.includes('/events/stream'))).toEqual([]);
});
