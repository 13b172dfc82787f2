import { BOUND, type EngineShapes } from '../types/shapes.ts';

const bound = (which: 'min' | 'max', value: string): string => `md5(left(${which}(${value}), ${BOUND}))`;

/** Sum of the first 60 bits: in any order the same, and unlike xor it sees a row that is there twice. */
export const md5Sum = (value: string): string => `sum(('0x' || substr(md5(${value}), 1, 15))::BIGINT)`;

/** DuckDB's half of the shapes. It compares texts by bytes. */
export const DUCKDB_SHAPES: EngineShapes = {
  number: (value) => ({ sum: `sum(${value})` }),
  text: (value) => ({ bytes: `sum(strlen(${value}))`, min: bound('min', value), max: bound('max', value) }),
  padded: (value) => ({
    bytes: `sum(strlen(${value}))`,
    min: bound('min', `rtrim(${value}, ' ')`),
    max: bound('max', `rtrim(${value}, ' ')`),
  }),
  digest: (value) => ({ md5: md5Sum(value) }),
  blob: (value) => ({ bytes: `sum(octet_length(${value}))`, md5: md5Sum(value) }),
  uuid: (value) => ({
    head: `sum(('0x' || left(${value}::VARCHAR, 8))::BIGINT)`,
    tail: `sum(('0x' || right(${value}::VARCHAR, 12))::BIGINT)`,
  }),
};
