import type { FlowRun } from '@sluice/core/model/flow-run';
import { pause, suspend } from '@sluice/sdk';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Lab, type LabWorker, startLab } from '../../../tests/support/lab.ts';
import { addUp } from './fixtures/basic-flows.ts';
import { asksFirst, leavesAndAsks, pausesAmongTasks, suspendsWrongly, swallows, waitsInVain } from './fixtures/pause-flows.ts';

let lab: Lab;
let pool: string;
let worker: LabWorker;

beforeAll(async () => {
  lab = await startLab(inject('postgres'), { api_key: 'key-of-the-server' });
  pool = await lab.pool();
  worker = await lab.worker(pool);
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await lab.stop();
});

const marksOf = ({ id }: Pick<FlowRun, 'id'>) => lab.marks(id).map(({ text }) => text);
const resume = (id: string, run_input?: Record<string, number | string | boolean>) =>
  lab.client.request('POST /flow_runs/{id}/resume', { params: { id }, body: { ...(run_input && { run_input }) } });

/** As soon as the run stands at the pause of this key and, when it asks for something, what that is can be read. */
async function pausedAt(id: string, key: string, asks = true): Promise<FlowRun> {
  const run = await lab.until(id, ({ state }) => state?.type === 'PAUSED' && state.state_details.pause_key === key);
  if (asks) await eventually(() => inputOf(run, 'schema'));
  return run;
}
const inputOf = async ({ id, state }: FlowRun, part: string): Promise<unknown> => {
  const key = state?.state_details.run_input_keyset?.[part] ?? '';
  return JSON.parse(await lab.client.request('GET /flow_runs/{id}/input/{key}', { params: { id, key } }));
};

test('a pause for an input leaves its schema for a form, takes only what fits, and gives the flow what was given', async () => {
  const { id } = await lab.start(await lab.deploy(pool, asksFirst));
  const run = await pausedAt(id, '1');
  expect(run.state).toMatchObject({
    name: 'Paused',
    state_details: {
      pause_reschedule: false,
      pause_timeout: expect.any(String),
      run_input_keyset: { schema: 'paused-1-schema', description: 'paused-1-description', response: 'paused-1-response' },
    },
  });
  expect(await inputOf(run, 'schema')).toMatchObject({
    type: 'object',
    properties: { approved: { type: 'boolean' }, note: { type: 'string', default: 'none' } },
    required: ['approved'],
  });
  expect(await inputOf(run, 'description')).toBe('# Load it?');
  for (const input of [undefined, { approved: 'maybe' }]) expect(await resume(id, input)).toMatchObject({ status: 'REJECT' });
  expect(await resume(id, { approved: true })).toMatchObject({ status: 'ACCEPT', state: { type: 'RUNNING' } });
  await pausedAt(id, 'sample');
  expect(await resume(id, { value: 1.5 })).toMatchObject({ status: 'REJECT' });
  await resume(id, { value: 7 });
  const ended = await lab.ended(id);
  expect(await lab.result(ended)).toEqual({ approved: true, note: 'none', sample: 7 });
  expect(ended).toMatchObject({ epoch: 1, crash_count: 0 });
  expect(marksOf(run)).toEqual(['begins', 'goes on']);
});

test('a task that is under way goes on in a pause, and one that is called then starts after it', async () => {
  const { id } = await lab.start(await lab.deploy(pool, pausesAmongTasks), { gateName: 'slow in a pause' });
  await lab.gates.arrived('slow in a pause');
  lab.gates.open('may pause');
  await pausedAt(id, '1', false);
  lab.gates.open('has paused');
  const filter = { flow_runs: { id: { any_: [id] } }, task_runs: { state: { name: { any_: ['NotReady'] } } } };
  await eventually(async () => expect(await lab.client.request('POST /task_runs/filter', { body: filter })).toHaveLength(1));
  lab.gates.open('slow in a pause');
  await eventually(() => expect(marksOf({ id })).toEqual(['slow is done']));
  await resume(id);
  expect(await lab.ended(id)).toMatchObject({ state_type: 'COMPLETED' });
  expect(marksOf({ id })).toEqual(['slow is done', 'step 1']);
});

test('a pause that nobody ends in time is a failure of the run, of which its hook is told', async () => {
  const run = await lab.run(await lab.deploy(pool, waitsInVain));
  expect(run.state).toMatchObject({ type: 'FAILED', message: expect.stringContaining('never resume') });
  await eventually(() => expect(marksOf(run)).toEqual(['try 1', 'hook of FAILED']));
});

test('a run that is paused can be cancelled', async () => {
  const { id } = await lab.start(await lab.deploy(pool, asksFirst));
  await pausedAt(id, '1');
  await lab.cancel(id);
  expect((await lab.ended(id)).state).toMatchObject({ type: 'CANCELLED', message: 'The run was cancelled.' });
});

test('a worker that stops hands a paused run back; the next one asks again', async () => {
  const own = await lab.pool();
  const first = await lab.worker(own);
  const { id } = await lab.start(await lab.deploy(own, asksFirst));
  const run = await pausedAt(id, '1');
  await first[Symbol.asyncDispose]();
  await using _second = await lab.worker(own);
  const again = await lab.until(id, ({ state_id, state_type }) => state_type === 'PAUSED' && state_id !== run.state_id);
  await eventually(() => inputOf(again, 'schema'));
  await resume(id, { approved: false });
  await pausedAt(id, 'sample');
  expect(marksOf(run)).toEqual(['begins', 'begins', 'goes on']);
  await lab.cancel(id);
  await lab.ended(id);
});

test('a suspended run leaves its process after its tasks, and its worker to others; resumed it goes on where it was, with what was given', async () => {
  const { id } = await lab.start(await lab.deploy(pool, leavesAndAsks));
  await pausedAt(id, '1');
  await resume(id, { a: 1 });
  await lab.gates.arrived('slow in the background');
  lab.gates.open('slow in the background');
  const run = await pausedAt(id, '2');
  expect(run.state).toMatchObject({ name: 'Suspended', state_details: { pause_reschedule: true, pause_timeout: null } });
  expect(await inputOf(run, 'description')).toBe('How many?');
  // The worker runs one run at a time.
  expect(await lab.result(await lab.run(await lab.deploy(pool, addUp), { a: 1 }))).toEqual({ sum: 3 });
  expect(await resume(id, { b: 2 })).toMatchObject({ status: 'ACCEPT', state: { type: 'SCHEDULED', name: 'Resuming' } });
  const ended = await lab.ended(id);
  expect(await lab.result(ended)).toEqual({ a: 1, b: 2 });
  expect(ended).toMatchObject({ crash_count: 0, epoch: 2 });
  expect(marksOf(run)).toEqual(['step 1', 'slow is done', 'caught', 'step 2']);
  expect(new Set(lab.marks(id).map(({ pid }) => pid)).size).toBe(2);
});

test('what is not needed need not be given', async () => {
  const { id } = await lab.start(await lab.deploy(pool, leavesAndAsks));
  await pausedAt(id, '1');
  await resume(id, { a: 1 });
  await pausedAt(id, '2');
  await resume(id);
  expect(await lab.result(await lab.ended(id))).toEqual({ a: 1 });
});

test('a flow that catches its suspension does nothing more in that process, and is in the same try when it is resumed', async () => {
  const { id } = await lab.start(await lab.deploy(pool, swallows));
  await pausedAt(id, 'swallowed', false);
  await resume(id);
  const run = await lab.ended(id);
  expect(run.run_count).toBe(1);
  expect(await lab.result(run)).toBe(1);
  expect(lab.marks(id)).toMatchObject([{ text: 'step 1', epoch: 2 }]);
});

test('a suspended run can be cancelled', async () => {
  const { id } = await lab.start(await lab.deploy(pool, swallows));
  await pausedAt(id, 'swallowed', false);
  await lab.cancel(id);
  expect(await lab.ended(id)).toMatchObject({ state_type: 'CANCELLED' });
});

test('where it cannot be done it is refused, and says why', async () => {
  const run = await lab.run(await lab.deploy(pool, suspendsWrongly));
  expect(await lab.result(run)).toEqual([
    expect.stringMatching(/^suspend\(\) was called in a subflow/),
    expect.stringMatching(/^suspend\(\) was called in a task/),
    expect.stringContaining("timeout is '1w', but takes seconds"),
    expect.stringContaining("key is 'a key', but takes letters, digits, dashes and underscores"),
  ]);
  await expect(pause()).rejects.toThrow('pause() was called outside of a flow');
  await expect(suspend()).rejects.toThrow('suspend() was called outside of a flow');
});
