import { expect, test } from 'vitest';
import { toReadParameter } from '../src/etl/read-options.ts';

test('of all options of a command only those that say how files are written are told to the job', () => {
  const others = { source: 'postgres://me@db/shop', keep: false, workers: 3 };
  expect(toReadParameter({ ...others, ...NOTHING })).toBeUndefined();
  expect(toReadParameter({ ...others, ...NOTHING, delimiter: '\\t', header: 'no' })).toEqual({ csv: { delimiter: '\t', header: false } });
});

const NOTHING = {
  delimiter: undefined,
  quote: undefined,
  header: undefined,
  skip: undefined,
  comment: undefined,
  encoding: undefined,
  nullWords: undefined,
  decimal: undefined,
  types: undefined,
  partitions: false,
};
