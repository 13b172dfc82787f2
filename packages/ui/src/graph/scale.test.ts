import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scaleOf, ticksOf, within, zoom } from './scale.ts';

const spans = fc.tuple(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 100, max: 1e6 })).map(([from, length]) => ({ from, to: from + length }));

test('a zoomed stretch holds the moment it was zoomed at in its place, within what there is', () => {
  fc.assert(
    fc.property(spans, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.1, max: 10, noNaN: true }), (all, share, factor) => {
      const around = all.from + share * (all.to - all.from);
      const zoomed = zoom(all, all, around, factor);
      expect(zoomed.from).toBeGreaterThanOrEqual(all.from - 1e-6);
      expect(zoomed.to).toBeLessThanOrEqual(all.to + 1e-6);
      expect(zoomed.from - 1e-6 <= around && around <= zoomed.to + 1e-6).toBe(true);
    }),
  );
});

test('a stretch that reaches out is moved back, as long as it was', () => {
  expect(within({ from: -50, to: 50 }, { from: 0, to: 200 })).toEqual({ from: 0, to: 100 });
  expect(within({ from: 150, to: 250 }, { from: 0, to: 200 })).toEqual({ from: 100, to: 200 });
  expect(within({ from: -50, to: 400 }, { from: 0, to: 200 })).toEqual({ from: 0, to: 200 });
});

test('ticks are round times since the beginning, as far apart as asked', () => {
  expect(ticksOf({ from: 1500, to: 12_000 }, 1000, 4000)).toEqual([6000, 11_000]);
  expect(ticksOf({ from: 0, to: 1000 }, 0, 400)).toEqual([0, 500, 1000]);
});

test('a scale goes both ways', () => {
  const { x, at } = scaleOf({ from: 1000, to: 3000 }, 100, 400);
  expect([x(1000), x(2000), at(x(2500))]).toEqual([100, 300, 2500]);
});
