import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assertNever } from './assert-never.ts';
import { type Duration, toSeconds } from './duration.ts';
import { canonicalJson, isObject, jsonFault } from './json.ts';
import { secondsBetween, toInstant, toMicros } from './time.ts';

describe('instants', () => {
  test.each([
    ['2026-11-24T10:00:00.123456+00:00', 1_795_514_400_123_456],
    ['2026-11-24 10:00:00.123456+00:00', 1_795_514_400_123_456],
    ['2026-11-24T10:00:00Z', 1_795_514_400_000_000],
    ['2026-11-24T12:00:00.5+02:00', 1_795_514_400_500_000],
    ['2026-11-24T10:00:00.123456789Z', 1_795_514_400_123_456],
    ['1970-01-01T00:00:00Z', 0],
    ['1969-12-31T23:59:59.999999Z', -1],
  ])('%s is %i microseconds', (text, micros) => {
    expect(toMicros(text)).toBe(micros);
  });

  test('no text that is not one has a value', () => {
    expect(toMicros('soon')).toBeNaN();
    expect(toMicros('')).toBeNaN();
  });

  test('every microsecond comes back as it was', () => {
    const until2255 = 9_000_000_000_000_000;
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800_000_000 / 8, max: until2255 }), (micros) => {
        expect(toMicros(toInstant(micros))).toBe(micros);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('a part of a microsecond is rounded, not written', () => {
    expect(toInstant(1.5)).toBe('1970-01-01T00:00:00.000002+00:00');
    expect(toInstant(999_999.6)).toBe('1970-01-01T00:00:01.000000+00:00');
  });

  test('seconds between two of them', () => {
    expect(secondsBetween('2026-11-24T10:00:00Z', '2026-11-24T10:00:01.5Z')).toBe(1.5);
    expect(secondsBetween('2026-11-24T10:00:01Z', '2026-11-24T10:00:00Z')).toBe(-1);
  });
});

describe('durations', () => {
  test.each([
    [5, 5],
    [0.25, 0.25],
    ['500ms', 0.5],
    ['10s', 10],
    ['1.5m', 90],
    ['1h', 3600],
    ['2d', 172_800],
  ] as [Duration, number][])('%s is %d seconds', (duration, seconds) => {
    expect(toSeconds(duration)).toBe(seconds);
  });

  test.each(['', '10', 's', '-1s', '1 s', '1w', '1e3s', '10sec'])('"%s" is none, and the sentence says how to write one', (text) => {
    expect(() => toSeconds(text as Duration)).toThrow(/not a duration: .*; write seconds, or a number with ms, s, m, h or d/);
  });
});

describe('canonical JSON', () => {
  test('equal values have equal texts, whatever the order of their keys', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
    expect(canonicalJson({ a: null, b: [{ c: 2, d: 1 }] })).toBe(canonicalJson({ b: [{ d: 1, c: 2 }], a: null }));
  });

  test('it is the same value when it is read back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const read: unknown = JSON.parse(canonicalJson(value));
        expect(read).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(read)).toBe(canonicalJson(value));
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe('what PostgreSQL cannot hold', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

  test.each([
    ['plain', { a: ['b', 1, null, true] }, undefined],
    ['an emoji, which is a whole pair', '🙂', undefined],
    ['a NUL', ['a\0b'], 'holds a NUL character'],
    ['a NUL in a key', { 'a\0': 1 }, 'holds a NUL character'],
    ['half a pair', { a: '\ud800' }, 'holds half of a surrogate pair'],
    ['half a pair in a key', { '\udc00': 1 }, 'holds half of a surrogate pair'],
    ['as deep as allowed', nested(64), undefined],
    ['deeper', nested(65), 'is nested more than 64 levels deep'],
    ['a key that would change a prototype', JSON.parse('{"a":{"__proto__":1}}'), 'has the key "__proto__", which is not allowed'],
    ['that word as a value', { a: '__proto__' }, undefined],
  ])('%s', (_name, value, fault) => {
    expect(jsonFault(value, 64)).toBe(fault);
  });
});

test('objects are told from arrays and null', () => {
  expect([{}, { a: 1 }].every(isObject)).toBe(true);
  expect([null, [], 'a', 1, undefined].some(isObject)).toBe(false);
});

test('a case that was forgotten is an error that names it', () => {
  expect(() => assertNever('new' as never)).toThrow('unexpected value: "new"');
});
