import { expect, test } from 'vitest';
import { pack, planFault, unpack } from '../src/steps/packed.ts';

const planOf = (columns: number) => ({
  columns: Array.from({ length: columns }, (_, index) => ({ name: `column ${index} of a wide table`, type: 'BIGINT' })),
});

test('a small value stays as it is in a result, a large one is packed, and both come back', () => {
  expect(pack(planOf(10))).toEqual(planOf(10));
  const packed = pack(planOf(5000));
  expect(Object.keys(packed)).toEqual(['gzip']);
  expect(JSON.stringify(packed).length).toBeLessThan(100_000);
  expect(unpack(packed)).toEqual(planOf(5000));
});

test('what no result holds is told when it is planned', () => {
  expect(planFault(5000, pack(planOf(5000)))).toBe(null);
  const names = Array.from({ length: 20_000 }, () => crypto.randomUUID());
  expect(planFault(names.length, pack({ columns: names }))).toMatch(/^It has 20000 columns/);
});
