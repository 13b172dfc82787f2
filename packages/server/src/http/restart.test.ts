import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Answer, call } from '../testing/http-call.ts';
import { lockElsewhere } from '../testing/lock-elsewhere.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let flow_id: string;
let deployment_id: string;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  flow_id = await make('/flows/', { name: 'flow' });
  deployment_id = await make('/deployments/', { flow_id, name: 'deployment' });
});
afterAll(() => server.stop());

const post = (path: string, body: unknown): Promise<Answer> => call(server.url, 'POST', path, { body });
const make = async (path: string, body: unknown) => ((await post(path, body)).json as { id: string }).id;
const RESULT = { type: 'COMPLETED', data: { type: 'sluice/v1', value: 1 } };

/** A run that failed after one task. */
async function failedRun(of: object = { deployment_id }): Promise<{ run: string; task: string }> {
  const run = await make('/flow_runs/', { flow_id, name: 'it', state: { type: 'RUNNING' }, ...of });
  const task = await make('/task_runs/', { flow_run_id: run, task_key: 'k', dynamic_key: '0', name: 'first' });
  await post(`/task_runs/${task}/set_state`, { state: RESULT });
  await post(`/flow_runs/${run}/set_state`, { state: { type: 'FAILED' } });
  return { run, task };
}

test('a restart whose answer got lost is answered again, and is made once', async () => {
  const { run, task } = await failedRun();
  const body = { from_task_run_id: task, transition_id: uuidv7() };
  const first = await post(`/flow_runs/${run}/restart`, body);
  const second = await post(`/flow_runs/${run}/restart`, body);
  expect([first, second]).toMatchObject([
    { status: 201, json: { task_runs: 1, flow_runs: 0, state: { type: 'SCHEDULED', message: "Restarted from task run 'first'." } } },
    { status: 200, json: { state: { id: (first.json as { state: { id: string } }).state.id } } },
  ]);
  const { json: states } = await call(server.url, 'GET', `/flow_run_states/?flow_run_id=${run}`);
  expect((states as { type: string }[]).map(({ type }) => type)).toEqual(['RUNNING', 'FAILED', 'SCHEDULED']);
  const { json: states_of_task } = await call(server.url, 'GET', `/task_run_states/?task_run_id=${task}`);
  expect(states_of_task).toMatchObject([{}, { type: 'COMPLETED' }, { type: 'CANCELLED', message: 'Thrown away: its flow run was restarted.' }]);
});

test('a restart waits for a task run that somebody else holds, and throws it away then', async () => {
  const { run, task } = await failedRun();
  const { release } = await lockElsewhere(server.databaseUrl, 'task_run', task);
  const restarting = post(`/flow_runs/${run}/restart`, { from_task_run_id: task });
  await make('/flow_runs/', { flow_id, name: 'beside' });
  expect((await call(server.url, 'GET', `/flow_runs/${run}`)).json).toMatchObject({ state_type: 'FAILED' });
  await release();
  expect((await restarting).status).toBe(201);
  expect((await call(server.url, 'GET', `/task_runs/${task}`)).json).toMatchObject({ state_type: 'CANCELLED' });
});

test('a run that no deployment can start again keeps its results, and says so', async () => {
  const { run, task } = await failedRun({});
  expect(await post(`/flow_runs/${run}/restart`, { from_task_run_id: task })).toMatchObject({
    status: 409,
    json: { code: 'CONFLICT', detail: "'it' cannot be restarted. Cannot reschedule a run without an associated deployment." },
  });
  expect((await call(server.url, 'GET', `/task_runs/${task}`)).json).toMatchObject({ state_type: 'COMPLETED' });
});

test('a task run that is not there, or is another run’s, is not found', async () => {
  const [{ run }, other] = await Promise.all([failedRun(), failedRun()]);
  for (const from_task_run_id of [uuidv7(), other.task]) {
    expect(await post(`/flow_runs/${run}/restart`, { from_task_run_id })).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
    expect(await call(server.url, 'GET', `/flow_runs/${run}/restart?from_task_run_id=${from_task_run_id}`)).toMatchObject({ status: 404 });
  }
});
