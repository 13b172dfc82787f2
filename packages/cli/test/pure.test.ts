import { nearest } from '@sluice/core/lib/nearest';
import { describe, expect, test } from 'vitest';
import { readParameters } from '../src/read-parameters.ts';
import { ago, duration } from '../src/render/ago.ts';
import { bytes } from '../src/render/bytes.ts';

describe('nearest', () => {
  test.each([
    { name: 'defalt-pool', names: ['default-pool', 'etl-pool', 'x'], near: ['default-pool'] },
    { name: 'main-etl', names: ['main-etl-job/main-etl-deployment', 'greet'], near: ['main-etl-job/main-etl-deployment'] },
    { name: 'ORDERS', names: ['orders'], near: ['orders'] },
    { name: 'quite-other', names: ['orders', 'flights'], near: [] },
    { name: 'x', names: ['y', 'z'], near: [] },
    { name: 'x'.repeat(1000), names: ['x'.repeat(1001)], near: [] },
  ])('of $name', ({ name, names, near }) => {
    expect(nearest(name, names)).toEqual(near);
  });
});

describe('parameters', () => {
  const read = (single: string[], whole?: string, schema: Parameters<typeof readParameters>[1] = null) => readParameters({ single, whole }, schema);

  test('a value is JSON where it is some, else text', () => {
    expect(read(['a=1', 'b=true', 'c=x=y', 'd=[1]', 'e=', 'f="1"'])).toEqual({ a: 1, b: true, c: 'x=y', d: [1], e: '', f: '1' });
  });

  test('a parameter that the deployment takes as text stays text', () => {
    expect(read(['table=0', 'rows=0'], undefined, { properties: { table: { type: 'string' }, rows: { type: 'integer' } } })).toEqual({
      table: '0',
      rows: 0,
    });
  });

  test('single ones go over the whole', () => {
    expect(read(['a=2'], '{"a": 1, "b": 1}')).toEqual({ a: 2, b: 1 });
  });

  test.each([{ whole: '{' }, { whole: '[]' }, { whole: 'null' }])('$whole is no object of parameters', ({ whole }) => {
    expect(() => read([], whole)).toThrow(/--params is not/);
  });
});

test('times are told as a person tells them', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');
  expect(ago('2026-11-24T11:59:59.500Z', now)).toBe('now');
  expect(ago('2026-11-24T11:57:00Z', now)).toBe('3m ago');
  expect(ago('2026-11-24T14:00:01Z', now)).toBe('in 2h');
  expect(ago('2026-11-01T12:00:00Z', now)).toBe('23d ago');
  expect([0.1234, 12.34, 200, 7300].map(duration)).toEqual(['0.12 s', '12.3 s', '3m 20s', '2h 1m']);
});

test('sizes are told as a person tells them', () => {
  expect([0, 999, 1500, 50_600_000, 123_000_000, 1.9e9].map(bytes)).toEqual(['0 B', '999 B', '1.5 kB', '50.6 MB', '123 MB', '1.9 GB']);
});
