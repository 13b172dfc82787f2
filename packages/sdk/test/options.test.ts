import { deploy, flow, runDeployment, task, waitForFlowRuns } from '@sluice/sdk';
import { describe, expect, test } from 'vitest';

const body = () => 1;
const makeTask = (options: object) => () => task({ name: 'copy', ...options }, body);
const makeFlow = (options: object) => () => flow({ name: 'copy-all', ...options }, body);
const makeDeployment = (options: object) => () => deploy(flow({ name: 'copy-all' }, body), { name: 'nightly', ...options });

const DURATIONS = [Number.NaN, -1, Number.POSITIVE_INFINITY, '5 min', '', '-5s', '1w', '1e3s', null, {}, 10n, true];
const COUNTS = [Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY, '3', null, 2 ** 31];
const TAGS = ['a', [1], [''], ['a\0'], ['\ud800'], ['x'.repeat(1001)], null, Array(1001).fill('a')];

const bad = (option: string, values: readonly unknown[]) => values.map((value) => [option, value] as const);

describe.each([
  ['task', "task 'copy'", makeTask],
  ['flow', "flow 'copy-all'", makeFlow],
] as const)('a %s is not made', (_kind, named, make) => {
  test.each([
    ...bad('timeout', [...DURATIONS, 0, '0s']),
    ...bad('retryDelay', [...DURATIONS, '366d', 31_536_001]),
    ...bad('retries', COUNTS),
    ...bad('tags', TAGS),
    ...bad('runName', [1, null, {}]),
    ...bad('onCompletion', ['x', null, [1]]),
    ...bad('onFailure', [true, {}]),
  ])('with %s %o: the error names it, and says what it takes', (option, value) => {
    expect(make({ [option]: value })).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringMatching(new RegExp(`^The options of ${named} do not fit: ${option} is [^]*, but takes `)),
      }),
    );
  });

  test('without a body', () => {
    const what = named.startsWith('task') ? () => task({ name: 'copy' }, undefined as never) : () => flow({ name: 'copy-all' }, 'x' as never);
    expect(what).toThrow(/body is .*, but takes a function/);
  });

  test('and all that does not fit is told at once', () => {
    expect(make({ retries: -1, timeout: '5 min' })).toThrow(
      /retries is -1, .*; timeout is '5 min', but takes seconds, or a number with ms, s, m, h or d/,
    );
  });
});

test.each([
  ...bad('retryDelay', [['1s', '5 min'], Array(51).fill(1)]),
  ...bad('retryJitter', [-0.1, Number.NaN, '1', Number.POSITIVE_INFINITY]),
  ...bad('retryIf', ['x', true]),
  ...bad('checkpoint', ['no', 0]),
  ...bad('cache', [
    'x',
    {},
    { key: 'a' },
    { key: body, expires: 0 },
    { key: body, expires: '1w' },
    { key: body, refresh: 1 },
    { key: body, expire: 1 },
  ]),
  ...bad('name', [1, {}]),
])('a task is not made with %s %o, nor by with()', (option, value) => {
  expect(makeTask({ [option]: value })).toThrow(`${option} is `);
  expect(() => task({ name: 'copy' }, body).with({ [option]: value } as never)).toThrow(`${option} is `);
});

test('a task is not made with a cache and no result to be kept there', () => {
  expect(makeTask({ cache: { key: body }, checkpoint: false })).toThrow(/has a cache, and checkpoint: false/);
});

test.each([0, -1, 1.5, Number.NaN, '2'])('map() does not take %o at once', (concurrency) => {
  expect(() => task({ name: 'copy' }, body).map([], { concurrency: concurrency as never })).toThrow('concurrency is ');
});

test.each([
  ...bad('name', ['', 'etl/orders', 'a%b', 'x'.repeat(1001), 7, undefined, 'a\0b']),
  ...bad('version', [1, 'x'.repeat(4001)]),
  ...bad('description', ['a\0']),
  ...bad('params', [{}, 'x']),
])('a flow is not made with %s %o', (option, value) => {
  expect(makeFlow({ [option]: value })).toThrow(`${option} is `);
});

test.each([
  ...bad('name', ['', 'a/b', undefined]),
  ...bad('pool', ['a/b', 1]),
  ...bad('tags', TAGS),
  ...bad('concurrencyLimit', [...COUNTS, 0]),
  ...bad('memory', [0, -1, Number.NaN, '512']),
  ...bad('cpu', [0, Number.POSITIVE_INFINITY]),
  ...bad('maxClaims', [0, 1.5, Number.NaN]),
  ...bad('runsPerProcess', [0, '2']),
  ...bad('jobVariables', ['image', []]),
  ...bad('env', ['x', { A: 1 }]),
  ...bad('params', [[], 'x']),
  ...bad('paused', ['yes']),
])('a deployment is not made with %s %o', (option, value) => {
  expect(makeDeployment({ [option]: value })).toThrow(`${option} is `);
});

test.each([...bad('timeout', DURATIONS), ...bad('scheduledTime', ['tomorrow', new Date(Number.NaN)]), ...bad('tags', TAGS)])(
  'a deployment is not run with %s %o',
  async (option, value) => {
    await expect(runDeployment('a/b', {}, { [option]: value })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(`${option} is `),
    });
  },
);

test.each(DURATIONS)('runs are not waited for with a timeout of %o', async (timeout) => {
  await expect(waitForFlowRuns([], { timeout: timeout as never })).rejects.toMatchObject({ code: 'USAGE' });
});

test.each([
  ['a map', { ids: new Map([[1, 2]]) }, 'Map(1) { 1 => 2 }, at ids'],
  ['a set', { in: [{ ids: new Set([1]) }] }, 'Set(1) { 1 }, at in[0].ids'],
  ['NaN', { n: Number.NaN }, 'NaN, at n'],
  ['a function', { f: body }, '[Function: body], at f'],
  ['a bigint', { n: 1n }, '1n, at n'],
  ['undefined in a list', { n: [undefined] }, 'undefined, at n[0]'],
  ['a list', [1], '[ 1 ]'],
  ['no date', { at: new Date(Number.NaN) }, 'Invalid Date, at at'],
])('parameters that JSON would lose on their way are refused with their place: %s', async (_name, params, says) => {
  await expect(runDeployment('a/b', params as never)).rejects.toMatchObject({
    code: 'PARAMETERS_INVALID',
    message: `Parameters of 'a/b' travel as JSON, which does not hold ${says}.`,
  });
});

test('what fits is taken', () => {
  expect(makeTask({ timeout: '30d', retryDelay: ['50ms', 1.5], retries: 0, retryJitter: 0.5, tags: ['a'], checkpoint: false })).not.toThrow();
  expect(makeFlow({ timeout: 90, retryDelay: '365d', retries: 3, tags: [], runName: () => 'x' })).not.toThrow();
  expect(makeDeployment({ concurrencyLimit: 1, memory: 512, cpu: 0.5, env: { A: 'b' }, maxClaims: 1 })).not.toThrow();
});
