import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { call } from '../testing/http-call.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

/* A state that is refused: the answer says whose, from where, and to where. */

let server: TestServer;
let flow_id: string;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  flow_id = (await post('/flows/', { name: 'flow' })).id;
});
afterAll(() => server.stop());

const post = async (path: string, body: unknown, headers: { [name: string]: string } = {}) =>
  (await call(server.url, 'POST', path, { body, headers })).json as { id: string; status: string; details: { reason: string | null } };

/** A run that has been through these states, forced. */
async function flowRun(name: string, ...states: object[]): Promise<string> {
  const { id } = await post('/flow_runs/', { flow_id, name, state: { type: 'PENDING' } });
  for (const state of states) await post(`/flow_runs/${id}/set_state`, { state, force: true });
  return id;
}
const result = { type: 'sluice/v1', value: 1 };

describe('a flow run', () => {
  test.each([
    ['ended', [{ type: 'COMPLETED', data: result }], 'RUNNING', 'from COMPLETED to RUNNING'],
    ['being cancelled', [{ type: 'RUNNING' }, { type: 'CANCELLING' }], 'RUNNING', 'from CANCELLING to RUNNING'],
    ['running', [{ type: 'RUNNING' }], 'PENDING', 'from RUNNING to PENDING'],
    ['cancelled', [{ type: 'CANCELLED' }], 'SCHEDULED', 'from CANCELLED to SCHEDULED'],
  ])('that is %s', async (name, states, type, words) => {
    const id = await flowRun(name, ...states);
    const { status, details } = await post(`/flow_runs/${id}/set_state`, { state: { type } });
    expect([status, details.reason]).toEqual([
      expect.toBeOneOf(['ABORT', 'REJECT']),
      expect.stringMatching(`\\S\\. \\(flow run '${name}', ${words}\\)$`),
    ]);
  });

  test('whose lease is another’s', async () => {
    const id = await flowRun('lost', { type: 'RUNNING' });
    const { status, details } = await post(`/flow_runs/${id}/set_state`, { state: { type: 'COMPLETED' } }, { 'x-sluice-lease': `${id}:7` });
    expect([status, details.reason]).toEqual(['ABORT', expect.stringMatching(/^Epoch 7 .* \(flow run 'lost', from RUNNING to COMPLETED\)$/)]);
  });
});

describe('a task run', () => {
  const step = (flow_run_id: string, name: string, id = uuidv7()) =>
    post('/task_runs/step', { task_run: { id, name, flow_run_id, task_key: name, dynamic_key: '0' }, state: { type: 'RUNNING' } });

  test('that has ended', async () => {
    const id = uuidv7();
    const run = await flowRun('around', { type: 'RUNNING' });
    await step(run, 'done', id);
    await post(`/task_runs/${id}/set_state`, { state: { type: 'COMPLETED', data: result } });
    for (const answer of [await step(run, 'done', id), await post(`/task_runs/${id}/set_state`, { state: { type: 'FAILED' } })])
      expect(answer.details.reason).toMatch(/\S\. \(task run 'done', from COMPLETED to (RUNNING|FAILED)\)$/);
  });

  test('that is new, in a flow run that does not run', async () => {
    const { status, details } = await step(await flowRun('over', { type: 'FAILED' }), 'late');
    expect([status, details.reason]).toEqual([
      'ABORT',
      "The enclosing flow must be running to begin task execution. (task run 'late', from no state to RUNNING)",
    ]);
  });
});
