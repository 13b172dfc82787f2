import type { RouteOutput } from '@sluice/core/api/routes';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let flow_id: string;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  flow_id = await make('/flows/', { name: 'flow' });
});
afterAll(() => server.stop());

const make = async (path: string, body: unknown) => ((await call(server.url, 'POST', path, { body })).json as { id: string }).id;
const setState = (id: string, type: string, message?: string) =>
  call(server.url, 'POST', `/task_runs/${id}/set_state`, { body: { state: { type, message }, force: true } });

test('a trace has the task runs of a flow run, who called them, their tries, and the flow runs that they started', async () => {
  const run = await make('/flow_runs/', { flow_id, name: 'parent', state: { type: 'RUNNING' } });
  const outer = await make('/task_runs/', { flow_run_id: run, task_key: 'outer', dynamic_key: '0', name: 'outer' });
  const task_inputs = { __parents__: [{ input_type: 'task_run', id: outer }] };
  const inner = await make('/task_runs/', { flow_run_id: run, task_key: 'inner', dynamic_key: '0', name: 'inner', task_inputs });
  const child = await make('/flow_runs/', { flow_id, name: 'child', parent_task_run_id: inner, parameters: { table: 'public.orders' } });
  for (const type of ['RUNNING', 'RUNNING', 'FAILED']) await setState(inner, type, type === 'FAILED' ? 'x'.repeat(1000) : undefined);
  await make('/flow_runs/', { flow_id, name: 'somebody else’s' });

  const trace = (await call(server.url, 'GET', `/flow_runs/${run}/trace`)).json as RouteOutput<'GET /flow_runs/{id}/trace'>;
  expect(trace).toMatchObject({
    task_runs: [
      { id: outer, called_in: null, tries: [], task_key: 'outer' },
      { id: inner, called_in: outer, state_type: 'FAILED', run_count: 2, tries: [expect.any(String), expect.any(String)], message: 'x'.repeat(300) },
    ],
    flow_runs: [{ id: child, name: 'child', parent_task_run_id: inner, table: 'public.orders', waiting_on: null }],
    more: false,
  });
});

test('the trace of a run that is not there is not found', async () => {
  expect(await call(server.url, 'GET', `/flow_runs/${uuidv7()}/trace`)).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
});
