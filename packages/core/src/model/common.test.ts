import { describe, expect, test } from 'vitest';
import { entityName, instant, natural, uuid } from './common.ts';
import { GlobalConcurrencyLimitCreate } from './concurrency-limit.ts';
import { LogCreate } from './log.ts';
import { allowedRetries } from './run-policy.ts';

const read = (schema: { safeParse(value: unknown): { success: boolean; data?: unknown } }, value: unknown) => {
  const { success, data } = schema.safeParse(value);
  return success ? data : 'refused';
};

describe('ids', () => {
  test.each([
    ['0192F3A4-0000-7000-8000-00000000000A', '0192f3a4-0000-7000-8000-00000000000a'],
    ['0192f3a4000070008000000000000abc', '0192f3a4-0000-7000-8000-000000000abc'],
    ['0192f3a4-0000-7000-8000-00000000000', 'refused'],
    ['0192f3a4-0000-7000-8000-00000000000g', 'refused'],
    ['', 'refused'],
    [7, 'refused'],
  ])('%s: %s', (value, expected) => {
    expect(read(uuid, value)).toBe(expected);
  });
});

describe('instants', () => {
  test.each([
    ['2026-11-24T10:00:00Z', '2026-11-24T10:00:00.000000+00:00'],
    ['2026-11-24 10:00:00.123456+00:00', '2026-11-24T10:00:00.123456+00:00'],
    ['2026-11-24T10:00:00', '2026-11-24T10:00:00.000000+00:00'],
    ['2026-11-24T12:00+02:00', '2026-11-24T10:00:00.000000+00:00'],
    ['2026-11-24T12:00:00+0200', '2026-11-24T10:00:00.000000+00:00'],
    ['2026-11-24', '2026-11-24T00:00:00.000000+00:00'],
    ['2024-02-29', '2024-02-29T00:00:00.000000+00:00'],
    ['2026-02-29', 'refused'],
    ['2026-02-30T00:00:00Z', 'refused'],
    ['1900-02-29', 'refused'],
    ['2000-02-29', '2000-02-29T00:00:00.000000+00:00'],
    ['2026-13-01', 'refused'],
    ['2026-11-24T25:00:00Z', 'refused'],
    ['0000-01-01', 'refused'],
    ['0001-01-01T00:00:00+14:00', 'refused'],
    ['10000-01-01', 'refused'],
    ['tomorrow', 'refused'],
    ['', 'refused'],
    [1_795_514_400, 'refused'],
  ])('%s: %s', (value, expected) => {
    expect(read(instant, value)).toBe(expected);
  });
});

test.each([
  ['etl', 'etl'],
  ['größe 🙂', 'größe 🙂'],
  ['', 'refused'],
  ['a/b', 'refused'],
  ['50%', 'refused'],
  ['a<b>', 'refused'],
  ['x'.repeat(1001), 'refused'],
])('a name %s: %s', (value, expected) => {
  expect(read(entityName, value)).toBe(expected);
});

test('counts fit into a column of the database', () => {
  expect([0, 2_147_483_647, -1, 2_147_483_648, 1.5, '1'].map((value) => read(natural, value))).toEqual([
    0,
    2_147_483_647,
    'refused',
    'refused',
    'refused',
    'refused',
  ]);
});

test('a limit of a tag may have any name behind tag:, others not', () => {
  const create = (name: string) => GlobalConcurrencyLimitCreate.safeParse({ name, limit: 1 }).success;
  expect(['db', 'tag:a/b%', 'a/b', 'tag:'].map(create)).toEqual([true, true, false, true]);
});

test('a log line is mended, not refused', () => {
  const line = { name: 'flow\0', level: 20, message: 'a\0b\ud800', timestamp: '2026-11-24T10:00:00Z' };
  expect(LogCreate.parse(line)).toMatchObject({ name: 'flow\u2400', message: 'a\u2400b\ufffd' });
});

test('retries count before Prefect 2’s old spelling of them', () => {
  expect(allowedRetries({ max_retries: 2 })).toBe(2);
  expect(allowedRetries({ max_retries: 2, retries: null })).toBe(2);
  expect(allowedRetries({ max_retries: 2, retries: 0 })).toBe(0);
});
