import type { State } from '@sluice/core/model/state';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isCheckpoint, keepResult } from '../src/runs/results.ts';
import { decode } from '../src/values/codec.ts';

const keep = (result: unknown) => keepResult(result, "task 'x'");
const data = (result: unknown) => keep(result).data;
const refusal = (result: unknown) => {
  try {
    keep(result);
    return 'kept';
  } catch (error) {
    return error;
  }
};

test('plain JSON is stored as it is; no value is a result too', () => {
  expect(data({ at: 'x', n: [1, null, true] })).toEqual({ type: 'sluice/v1', value: { at: 'x', n: [1, null, true] } });
  expect(data(null)).toEqual({ type: 'sluice/v1', value: null });
  expect(data(undefined)).toEqual({ type: 'sluice/v1' });
});

const circle: Record<string, unknown> = { a: 1 };
circle['self'] = circle;
const shared = { n: 1 };

describe('a value that JSON does not hold comes back with its type', () => {
  test.each([
    ['a date', new Date(0)],
    ['no date', new Date(Number.NaN)],
    ['undefined in an object', { a: undefined }],
    ['undefined in a list', [undefined, 1]],
    ['a list with holes', Object.assign(new Array(5), { 2: 'x' })],
    ['a number that is none', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0]],
    ['a large integer', 10n ** 30n],
    ['a map of sets', new Map([[new Set([1, 'a']), new Map([[{ k: 1 }, new Date(1)]])]])],
    ['a pattern', /a+b/giu],
    ['an address', new URL('https://a.b/c?d=e#f')],
    ['bytes', new Uint8Array([0, 255, 7])],
    ['a part of bytes', new Uint8Array([0, 255, 7, 9]).subarray(1, 3)],
    ['a Buffer', Buffer.from('bytes')],
    ['an empty Buffer', Buffer.alloc(0)],
    ['other numbers', new Float64Array([1.5, Number.NaN])],
    ['a buffer of bytes', new Uint8Array([1, 2]).buffer],
    ['no prototype', Object.assign(Object.create(null), { a: 1 })],
    ['a circle', circle],
    ['a NUL and half of a pair', ['a\0b', '\ud800', { '\0': 1 }]],
    ['many levels', JSON.parse(`${'['.repeat(500)}1${']'.repeat(500)}`)],
    ['an error', new RangeError('too far', { cause: new Error('inner') })],
    ['an error of the system', Object.assign(new Error('no such file'), { code: 'ENOENT', errno: -2 })],
    ['errors in one', new AggregateError([new Error('a'), new TypeError('b')], 'both')],
  ])('%s', (_name, value) => {
    const kept = keep({ inside: value });
    expect(kept.data).toMatchObject({ type: 'sluice/v1', codec: 'devalue', value: expect.any(String) });
    expect(kept.value).toStrictEqual({ inside: value });
    const { value: text } = kept.data as { value: string };
    expect(decode({ codec: 'devalue', text })).toStrictEqual({ inside: value });
  });

  test('and what two places share is shared', () => {
    const kept = keep({ a: shared, b: shared, at: new Date(0) }).value as { a: object; b: object };
    expect(kept.a).toBe(kept.b);
  });

  test('an error keeps its stack, and is one', () => {
    const error = new TypeError('here');
    const kept = keep(error).value as Error;
    expect(kept).toBeInstanceOf(TypeError);
    expect(kept.stack).toBe(error.stack);
  });
});

test('whatever the value is, it is handed on as a later try would read it', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withTypedArray: true,
    withSparseArray: true,
  });
  fc.assert(
    fc.property(anything, (value) => {
      const { data, value: handedOn } = keep(value);
      const { codec, value: stored } = JSON.parse(JSON.stringify(data)) as { codec?: 'devalue'; value?: never };
      expect(codec ? decode({ codec, text: stored as never }) : stored).toStrictEqual(handedOn);
      expect(handedOn).toStrictEqual(value);
    }),
    { seed: 1, numRuns: 1000 },
  );
});

class Row {
  readonly #secret = 1;
  readonly id = this.#secret;
}
class Named extends Map<number, number> {}
class OwnError extends Error {}

describe('a value that would not come back as it is is refused with what it holds, and where', () => {
  test.each([
    ['a function', () => 1, 'it holds a function'],
    ['one inside', { rows: [{ cb: () => 1 }] }, 'it holds a function at .rows[0].cb'],
    ['a symbol', { s: Symbol('s') }, 'it holds a symbol at .s'],
    ['a class with a private field', { row: new Row() }, 'it holds an instance of Row at .row'],
    ['an error of a class of its own', new OwnError('x'), 'it holds an instance of OwnError'],
    ['an answer of fetch', { answer: new Response('x') }, 'it holds an instance of Response at .answer'],
    ['a promise', { later: Promise.resolve(1) }, 'it holds an instance of Promise at .later'],
    ['a map of a class of its own', new Named([[1, 2]]), 'it holds something that cannot be restored exactly'],
    ['a list with more than its elements', Object.assign([1], { total: 2 }), 'it holds something that cannot be restored exactly'],
    ['keys that are symbols', { [Symbol('k')]: 1 }, 'it holds an object with a key that cannot be kept'],
    ['a key that would change a prototype', JSON.parse('{"__proto__": 1}'), 'it holds an object with a key that cannot be kept'],
    ['levels without number', JSON.parse(`${'['.repeat(100_000)}1${']'.repeat(100_000)}`), 'it is nested too deep'],
    [
      'a getter that fails',
      {
        get a() {
          throw new Error('not now');
        },
      },
      'reading it failed: ',
    ],
  ])('%s', (_name, value, why) => {
    expect(refusal(value)).toMatchObject({
      code: 'RESULT_REFUSED',
      message: expect.stringContaining(`The result of task 'x' cannot be stored: ${why}`),
    });
  });
});

test('512 KiB are stored and not a byte more, counted in UTF-8', () => {
  const room = 512 * 1024 - 2; // the quotes
  expect(data('x'.repeat(room))).toMatchObject({ type: 'sluice/v1' });
  expect(() => data('x'.repeat(room + 1))).toThrow(/has 524289 bytes; at most 524288 are stored\. Return where the data is, not the data\./);
  expect(() => data('ä'.repeat(room / 2 + 1))).toThrow(/has 524290 bytes/);
});

test('a checkpoint is a COMPLETED state that this SDK wrote', () => {
  const state = (type: State['type'], stateData: State['data']) => ({ type, data: stateData }) as State;
  expect(isCheckpoint(state('COMPLETED', { type: 'sluice/v1', result: 'id' }))).toBe(true);
  expect(isCheckpoint(state('COMPLETED', { type: 'sluice/v1' }))).toBe(true);
  expect(isCheckpoint(state('COMPLETED', { type: 'unpersisted' }))).toBe(false);
  expect(isCheckpoint(state('COMPLETED', null))).toBe(false);
  expect(isCheckpoint(state('FAILED', { type: 'sluice/v1' }))).toBe(false);
  expect(isCheckpoint(null)).toBe(false);
});
