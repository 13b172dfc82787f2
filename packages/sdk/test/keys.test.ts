import { expect, test } from 'vitest';
import { CallKeys, hashOf } from '../src/engine/keys.ts';

test('equal inputs have one hash, whatever the order of their keys', () => {
  expect(hashOf({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(hashOf({ b: [{ d: 3, c: 2 }], a: 1 }));
  expect(hashOf({ a: [1, 2] })).not.toBe(hashOf({ a: [2, 1] }));
  expect(hashOf('1')).not.toBe(hashOf(1));
  expect(hashOf(undefined)).not.toBe(hashOf(null));
});

/** Each is told from every other, and is itself when it is made again. */
const INPUTS: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => 'undefined',
  () => ({}),
  () => ({ a: undefined }),
  () => [],
  () => [undefined],
  () => [null],
  () => new Array(1),
  () => [[]],
  () => [['Set', 1]],
  () => [['Set', 1], 'a'],
  () => 0,
  () => -0,
  () => '0',
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => Number.NEGATIVE_INFINITY,
  () => 1n,
  () => 1,
  () => new Date(0),
  () => new Date(1),
  () => new Date(Number.NaN),
  () => '1970-01-01T00:00:00.000Z',
  () => new Set(),
  () => new Set(['a']),
  () => new Set(['a', 'b', 'c']),
  () => ['a', 'b', 'c'],
  () => new Map(),
  () => new Map([['a', 1]]),
  () => new Map([['a', '1']]),
  () => new Map([['a', new Set([1])]]),
  () => ({ a: 1 }),
  () => Object.assign(Object.create(null), { a: 1 }),
  () => /a/,
  () => /a/g,
  () => /b/,
  () => new Uint8Array([1]),
  () => new Uint8Array([2]),
  () => new Int8Array([1]),
  () => Buffer.from([1]),
  () => new Uint8Array([1]).buffer,
  () => new Error('a'),
  () => new Error('b'),
  () => new URL('https://a.b/'),
  () => new URL('https://a.c/'),
  () => 'https://a.b/',
  () => Object(1),
  () => 'a\0b',
  () => '\ud800',
  () => '\ufffd',
];

test('inputs that differ have hashes that differ, also where JSON writes them alike; an input that is made again has its hash again', () => {
  const stackless = (make: () => unknown) => {
    const value = make();
    return value instanceof Error ? Object.assign(value, { stack: 'none' }) : value;
  };
  const hashes = INPUTS.map((make) => hashOf(stackless(make)));
  expect(new Set(hashes).size).toBe(INPUTS.length);
  expect(INPUTS.map((make) => hashOf(stackless(make)))).toEqual(hashes);
  expect(new Set(INPUTS.map((make) => hashOf({ inside: [stackless(make)] }))).size).toBe(INPUTS.length);
});

test('the order of keys says nothing beside other types either', () => {
  const at = new Date(0);
  expect(hashOf({ a: at, b: { c: 1, d: at } })).toBe(hashOf({ b: { d: at, c: 1 }, a: at }));
  expect(hashOf({ a: at, b: 1 })).not.toBe(hashOf({ a: at, b: 2 }));
  expect(hashOf(new Set(['a', 'b']))).not.toBe(hashOf(new Set(['b', 'a'])));
});

class Account {
  readonly #balance: number;
  constructor(balance: number) {
    this.#balance = balance;
  }
  get balance() {
    return this.#balance;
  }
}
const refuses = () => {
  throw new Error('a trap');
};

test.each([
  ['a function', () => 1],
  ['a function inside', { cb: () => 1 }],
  ['a symbol', Symbol('s')],
  ['a class with a private field', new Account(1)],
  ['a promise', Promise.resolve(1)],
  ['a stream', new ReadableStream()],
  ['a weak map', new WeakMap()],
  ['a generator', (function* () {})()],
  ['a proxy that fails', new Proxy({}, { ownKeys: refuses, getPrototypeOf: refuses })],
  ['a list with more than its elements', Object.assign([1], { total: 2 })],
  ['a pattern that stands in the middle', Object.assign(/a/g, { lastIndex: 1 })],
  ['too many levels', JSON.parse(`${'['.repeat(100_000)}1${']'.repeat(100_000)}`)],
])('an input that cannot be told from others has a key that no call ever has again: %s', (_name, input) => {
  const calls = [new CallKeys(), new CallKeys()].flatMap((keys) => [keys.next('t', input), keys.next('t', input)]);
  expect(new Set(calls.map(({ key }) => key)).size).toBe(4);
  for (const { opaque } of calls) expect(opaque).toMatch(/^(it|reading it) /);
});

test('a circle has an identity', () => {
  const circle = (n: number) => {
    const value: Record<string, unknown> = { n };
    value['self'] = value;
    return value;
  };
  expect(hashOf(circle(1))).toBe(hashOf(circle(1)));
  expect(hashOf(circle(1))).not.toBe(hashOf(circle(2)));
});

test('a run that is done again gives its calls the same keys, in whatever order they come', () => {
  const keysOf = (calls: [string, unknown][]) => {
    const keys = new CallKeys();
    return calls.map(([task, input]) => `${task} ${keys.next(task, input).key}`);
  };
  const first = keysOf([
    ['copy', { table: 'a' }],
    ['copy', { table: 'b' }],
    ['copy', { table: 'a' }],
    ['load', { table: 'a' }],
  ]);
  const again = keysOf([
    ['load', { table: 'a' }],
    ['copy', { table: 'b' }],
    ['copy', { table: 'a' }],
    ['copy', { table: 'a' }],
  ]);
  expect(new Set(first).size).toBe(4);
  expect(again.sort()).toEqual(first.sort());
});

test('a call in a task is another one than the same call in the flow, or in another task', () => {
  const keys = [new CallKeys(), new CallKeys('copy 1-0'), new CallKeys('copy 2-0')].map((each) => each.next('load', 1).key);
  expect(new Set(keys).size).toBe(3);
});
