import { expect, test } from 'vitest';
import type { TableSums } from '../src/model.ts';
import { compareSums, describeDifferences } from '../src/verify/compare.ts';
import { quarantineFault } from '../src/verify/quarantine-share.ts';

const sums = (more: Partial<TableSums> = {}): TableSums => ({
  rows: 2,
  columns: { a: { n: '2', sum: '10' }, b: { n: '0', min: null } },
  checksum: null,
  ...more,
});

test.each<[string, TableSums, TableSums, string]>([
  ['equal sums do not differ', sums(), sums(), ''],
  ['no rows have no sums', sums({ rows: 0 }), sums({ rows: 0, columns: {} }), ''],
  ['another number of rows', sums(), sums({ rows: 3 }), 'rows: 2 in the source, 3 in the warehouse'],
  [
    'another sum of a column',
    sums({ columns: { a: { sum: '99999999999999999999' } } }),
    sums({ columns: { a: { sum: '99999999999999999998' } } }),
    'column "a", sum: 99999999999999999999 in the source, 99999999999999999998 in the warehouse',
  ],
  [
    'null is not the text null, nor zero',
    sums({ columns: { a: { sum: null } } }),
    sums({ columns: { a: { sum: '0' } } }),
    'column "a", sum: null in the source, 0 in the warehouse',
  ],
  ['another md5', sums({ checksum: '1' }), sums({ checksum: '2' }), 'checksum: 1 in the source, 2 in the warehouse'],
  ['an md5 of one side only', sums(), sums({ checksum: '2' }), 'checksum: null in the source, 2 in the warehouse'],
  [
    'a sum that one side has not computed',
    sums({ columns: { a: { n: '2' } } }),
    sums({ columns: { a: { n: '2', sum: '1' } } }),
    'column "a", sum: not computed in the source, 1 in the warehouse',
  ],
  [
    'a column that one side does not have',
    sums({ columns: { a: { n: '2' } } }),
    sums({ columns: {} }),
    'column "a", n: 2 in the source, not computed in the warehouse',
  ],
])('%s', (_, source, warehouse, words) => {
  expect(describeDifferences(compareSums(source, warehouse))).toBe(words);
});

test('of many differences the first five are told', () => {
  const columns = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`c${index}`, { n: '1' }]));
  const words = describeDifferences(compareSums(sums({ columns }), sums({ columns: {} })));
  expect(words.split('; ')).toHaveLength(6);
  expect(words).toMatch(/and 4 more$/);
});

test.each([
  [0, 0, 0.001, null],
  [1000, 1, 0.001, null],
  [1000, 2, 0.001, '2 of 1000 rows (0.2%) are in quarantine; up to 0.1% would count as verified.'],
  [10, 1, 0, '1 of 10 rows (10%) are in quarantine; up to 0% would count as verified.'],
  [1, 1, 1, null],
])('of %i rows read %i are bad, and up to %d may be', (rows_read, rows_quarantined, bad_row_share, fault) => {
  expect(quarantineFault({ rows_read, rows_quarantined, plan: { bad_row_share } })).toBe(fault);
});
