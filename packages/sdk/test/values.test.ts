import type { FlowRun } from '@sluice/core/model/flow-run';
import { runDeployment } from '@sluice/sdk';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Lab, type LabWorker, startLab } from '../../../tests/support/lab.ts';
import { cannotReturn, givesOther, replays, returnsNull, sharesKey, throwsOddly } from './fixtures/value-flows.ts';

let lab: Lab;
let pool: string;
let worker: LabWorker;

beforeAll(async () => {
  lab = await startLab(inject('postgres'));
  pool = await lab.pool();
  worker = await lab.worker(pool, { limit: 2, loggingLevel: 'WARNING' });
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await lab.stop();
});

const marksOf = ({ id }: FlowRun) => lab.marks(id).map(({ text }) => text);
const logsOf = async ({ id }: FlowRun) => {
  const lines = await lab.client.request('POST /logs/filter', { body: { logs: { flow_run_id: { any_: [id] } } } });
  return lines.map(({ message }) => message);
};

test.each([
  ['date', new Date(0)],
  ['map', new Map([['a', new Set([1n])]])],
  ['undefined', { gone: undefined, list: [undefined, Number.NaN, -0] }],
  ['bytes', new Uint8Array([1, 2])],
  ['null', null],
  ['text', 'a\0b\ud800'],
  ['error', new RangeError('far')],
] as const)('a flow sees the same value of a task when it is tried again, and who reads its result too: %s', async (value, expected) => {
  const run = await lab.run(await lab.deploy(pool, replays), { value });
  const [made, first, second, ...more] = marksOf(run);
  expect([made, second, more]).toEqual(['made', first, []]);
  expect(await lab.result(run)).toStrictEqual(expected);
});

test.each(['set', 'map', 'basket', 'function'])(
  'another input is another task run and another subflow, also where JSON writes both alike: %s',
  async (input) => {
    const run = await lab.run(await lab.deploy(pool, givesOther), { input });
    expect(await lab.result(run)).toEqual([3, 3]);
    const warned = (await logsOf(run)).filter((line) => line.includes('cannot be compared with others'));
    expect(run).toMatchObject({ run_count: 2, crash_count: 0 });
    expect(warned, 'once for each that has no identity, in each try').toHaveLength(input === 'set' || input === 'map' ? 0 : 4);
  },
);

describe('an end that cannot be stored', () => {
  test('is a failure that says so, once: what was done is not done again', async () => {
    const run = await lab.run(await lab.deploy(pool, cannotReturn));
    expect(run.state).toMatchObject({
      type: 'FAILED',
      message: "The result of task 'big' cannot be stored: it holds a function at .open.",
      data: { code: 'RESULT_REFUSED' },
    });
    expect(run).toMatchObject({ run_count: 1, crash_count: 0 });
    expect(marksOf(run)).toEqual(['done']);
  });

  test('is not null', async () => {
    const run = await lab.run(await lab.deploy(pool, returnsNull));
    expect(run).toMatchObject({ state_type: 'COMPLETED', run_count: 1 });
    expect(await lab.result(run)).toBeNull();
  });

  test.each([
    ['bare', /^\[Object: null prototype\] \{\}$/],
    ['long', /^x{30000,} … \(\d+ more characters were cut\)$/],
    ['NUL', /^a␀b\ufffd$/],
  ])('is not an error, whatever is thrown: %s', async (what, message) => {
    const run = await lab.run(await lab.deploy(pool, throwsOddly), { what });
    expect(run.state).toMatchObject({ type: 'FAILED', message: expect.stringMatching(message) });
    expect(run).toMatchObject({ run_count: 1, crash_count: 0 });
  });
});

test('parents read a result with its types', async () => {
  process.env['SLUICE_API_URL'] = lab.url;
  const ended = await runDeployment(await lab.deploy(pool, replays), { value: 'map' });
  expect(await ended.result()).toStrictEqual(new Map([['a', new Set([1n])]]));
});

test('a key that a flow gives finds the run that has it, whoever made it, and leaves nothing open', async () => {
  const deployment = await lab.deploy(pool, returnsNull);
  const shares = await lab.deploy(pool, sharesKey);
  const [one, two] = [await lab.run(shares, { deployment, key: 'same' }), await lab.run(shares, { deployment, key: 'same' })];
  const other = await lab.run(shares, { deployment, key: 'other' });
  expect(await lab.result(two)).toBe(await lab.result(one));
  expect(await lab.result(other)).not.toBe(await lab.result(one));
  const standing = await lab.client.request('POST /task_runs/filter', { body: { flow_runs: { id: { any_: [two.id] } } } });
  expect(standing).toMatchObject([
    { state_type: 'COMPLETED', state: { message: expect.stringMatching(/^Its idempotency key is that of flow run '/) } },
  ]);
});
