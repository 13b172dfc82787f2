import type { State } from '@sluice/core/model/state';
import { expect, test } from 'vitest';
import { isCheckpoint, toResultData } from '../src/results.ts';

const value = (result: unknown) => toResultData(result, "task 'x'");

test('a value is stored as JSON; no value is a result too', () => {
  expect(value({ at: new Date(0), n: 1, gone: undefined })).toEqual({ type: 'sluice/v1', value: { at: '1970-01-01T00:00:00.000Z', n: 1 } });
  expect(value(null)).toEqual({ type: 'sluice/v1', value: null });
  expect(value(undefined)).toEqual({ type: 'sluice/v1' });
});

test('what is no JSON is refused with the reason', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  expect(() => value(circle)).toThrow(/^The result of task 'x' cannot be stored as JSON: .*circular/);
  expect(() => value(10n)).toThrow(/^The result of task 'x' cannot be stored as JSON: .*BigInt/);
  expect(() => value(() => 1)).toThrow("The result of task 'x' cannot be stored as JSON: it is a function.");
  expect(() => value(Symbol('s'))).toThrow("The result of task 'x' cannot be stored as JSON: it is a symbol.");
});

test('512 KiB are stored and not a byte more, counted in UTF-8', () => {
  const room = 512 * 1024 - 2; // the quotes
  expect(value('x'.repeat(room))).toMatchObject({ type: 'sluice/v1' });
  expect(() => value('x'.repeat(room + 1))).toThrow(/has 524289 bytes; at most 524288 are stored\. Return where the data is, not the data\./);
  expect(() => value('ä'.repeat(room / 2 + 1))).toThrow(/has 524290 bytes/);
});

test('a checkpoint is a COMPLETED state that this SDK wrote', () => {
  const state = (type: State['type'], data: State['data']) => ({ type, data }) as State;
  expect(isCheckpoint(state('COMPLETED', { type: 'sluice/v1', result: 'id' }))).toBe(true);
  expect(isCheckpoint(state('COMPLETED', { type: 'sluice/v1' }))).toBe(true);
  expect(isCheckpoint(state('COMPLETED', { type: 'unpersisted' }))).toBe(false);
  expect(isCheckpoint(state('COMPLETED', null))).toBe(false);
  expect(isCheckpoint(state('FAILED', { type: 'sluice/v1' }))).toBe(false);
  expect(isCheckpoint(null)).toBe(false);
});
