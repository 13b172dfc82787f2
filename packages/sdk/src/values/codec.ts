import { isDeepStrictEqual } from 'node:util';
import { canonicalJson, isObject, isPlainJson } from '@sluice/core/lib/json';
import { parse, stringify } from 'devalue';
import { show, tryTo } from '../text/show.ts';

/** The server takes bodies of 64 levels; a value is kept some levels below the top of one. */
export const MAX_DEPTH = 56;

/** A value as text that gives it back exactly: JSON, or for what JSON does not hold devalue's. */
export interface Encoded {
  readonly codec: 'json' | 'devalue';
  readonly text: string;
}

/** Why a value cannot be kept. */
export class Inexact extends Error {}

const ERRORS = { Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError } as const;
type ErrorName = keyof typeof ERRORS;

const errorName = (value: unknown): ErrorName | undefined =>
  value instanceof Error ? (Object.keys(ERRORS) as ErrorName[]).find((name) => Object.getPrototypeOf(value) === ERRORS[name].prototype) : undefined;

interface ErrorParts {
  readonly name: ErrorName;
  readonly own: readonly (readonly [key: string, value: unknown, enumerable: boolean])[];
}

function errorParts(value: unknown): ErrorParts | undefined {
  const name = errorName(value);
  if (!name) return undefined;
  const own = Object.getOwnPropertyNames(value).map((key) => [
    key,
    Reflect.get(value as object, key) as unknown,
    Object.prototype.propertyIsEnumerable.call(value, key),
  ]) as unknown as ErrorParts['own'];
  return { name, own };
}

/** A real error, as tools know one: its own properties replace those that the constructor made. */
function makeError({ name, own }: ErrorParts): Error {
  const error = name === 'AggregateError' ? new AggregateError([]) : new ERRORS[name]();
  for (const key of Object.getOwnPropertyNames(error)) Reflect.deleteProperty(error, key);
  for (const [key, value, enumerable] of own) Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
  return error;
}

/** A view of a part of a buffer is kept without the rest of it: a small Buffer lies in one of many. */
const partOfBuffer = (value: unknown) =>
  ArrayBuffer.isView(value) && !(value instanceof DataView) && value.byteLength < value.buffer.byteLength && !Buffer.isBuffer(value)
    ? (value as Uint8Array).slice()
    : undefined;

/** Beside devalue's own types: undefined, NaN, ±Infinity, -0, BigInt, Date, RegExp, Map, Set, URL, typed arrays and ArrayBuffer. */
const REDUCERS = {
  Error: errorParts,
  Buffer: (value: unknown) => Buffer.isBuffer(value) && [value.toString('base64')],
  View: partOfBuffer,
};
const REVIVERS = {
  Error: makeError,
  Buffer: ([base64 = '']: string[]) => Buffer.from(base64, 'base64'),
  View: (value: unknown) => value,
};

/** The value's text, when it gives the same value back; otherwise an Inexact that says what does not. */
export function encode(value: unknown): Encoded {
  if (isPlain(value)) return { codec: 'json', text: JSON.stringify(value) };
  const text = orInexact(() => stringify(value, REDUCERS));
  const back = orInexact(() => parse(text, REVIVERS) as unknown);
  if (!tryTo(() => isDeepStrictEqual(back, value), false)) throw new Inexact('it holds something that cannot be restored exactly');
  return { codec: 'devalue', text };
}

export const decode = ({ codec, text }: Encoded): unknown => (codec === 'json' ? JSON.parse(text) : parse(text, REVIVERS));

const isPlain = (value: unknown): boolean => orInexact(() => isPlainJson(value, MAX_DEPTH));

/** What the user's getters and proxies throw, and devalue, in words. */
function orInexact<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Inexact(tryTo(() => whyNot(error), 'it cannot be read'));
  }
}

function whyNot(error: unknown): string {
  if (error instanceof RangeError && error.message.includes('call stack')) return 'it is nested too deep';
  if (!isObject(error) || error['name'] !== 'DevalueError') return `reading it failed: ${show(error instanceof Error ? error.message : error, 500)}`;
  const { path, value } = error as { path?: string; value?: unknown };
  return `it holds ${kindOf(value)}${path ? ` at ${path}` : ''}`;
}

function kindOf(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  const name = tryTo(() => (Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null)?.constructor?.name, undefined);
  if (name === 'Object' || typeof name !== 'string' || name === '') return 'an object with a key that cannot be kept';
  return `an instance of ${show(name, 100).slice(1, -1)}`;
}

/** Equal values have equal texts, whatever the order of their keys, and others have others; an Inexact for a value that has no text. */
export function identityText(value: unknown): string {
  const { codec } = encode(value);
  if (codec === 'json') return canonicalJson(value);
  const sorted = new WeakSet<object>();
  const sortKeys = (inner: unknown) => {
    if (!isObject(inner) || sorted.has(inner) || Object.getPrototypeOf(inner) !== Object.prototype) return undefined;
    const copy = Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
    sorted.add(copy);
    return copy;
  };
  return `devalue ${stringify(value, { ...REDUCERS, sorted: sortKeys })}`;
}
