import { nearest } from '@sluice/core/lib/nearest';
import { describe, expect, test } from 'vitest';
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
