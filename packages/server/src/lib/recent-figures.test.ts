import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentFigures } from './recent-figures.ts';

const MINUTE = 60_000;

test('half and nearly all of the figures are told to a fifth, and the largest as it is', () => {
  const list = fc.array(fc.double({ min: 0.2, max: 1_000_000, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(list, (given) => {
      const figures = new RecentFigures();
      for (const figure of given) figures.note(figure, 0);
      const sorted = given.toSorted((a, b) => a - b);
      const exact = (part: number) => sorted[Math.ceil(sorted.length * part) - 1] as number;
      const read = figures.read(0);
      expect(read).toMatchObject({ count: given.length, most: sorted.at(-1) });
      for (const [told, part] of [
        [read?.p50 ?? 0, 0.5],
        [read?.p95 ?? 0, 0.95],
      ] as const) {
        expect(told).toBeGreaterThanOrEqual(exact(part) * 0.999);
        expect(told).toBeLessThanOrEqual(exact(part) * 1.201);
      }
    }),
  );
});

test('what is older than five minutes counts no more', () => {
  const figures = new RecentFigures();
  figures.note(1000, 0);
  figures.note(1, 4 * MINUTE);
  expect(figures.read(4 * MINUTE)).toMatchObject({ count: 2, most: 1000 });
  expect(figures.read(5 * MINUTE)).toMatchObject({ count: 1, most: 1 });
  figures.note(2, 5 * MINUTE);
  expect(figures.read(5 * MINUTE)).toMatchObject({ count: 2, most: 2 });
  expect(figures.read(99 * MINUTE)).toBeNull();
});
