import { BOUND, type EngineShapes } from '../../types/shapes.ts';

/** Facts of a server, and of a table, that the SQL for PostgreSQL depends on. */
export interface Dialect {
  /** As in `server_version_num`. */
  readonly version: number;
  /** Text stands there as the bytes that DuckDB has. */
  readonly utf8: boolean;
  /** Values of the table stand outside of its rows. */
  readonly toasted: boolean;
}

type Bound = 'min' | 'max';

/** Where values stand outside of the rows, each comparison would fetch two of them whole; of a prefix it fetches the beginning of one. */
function bound(which: Bound, value: string, { utf8, toasted }: Dialect): string {
  if (!utf8) return boundOfOther(which, value);
  return toasted ? `${which}(left(${value}, ${BOUND}) collate "C")` : `left(${which}((${value}) collate "C")::text, ${BOUND})`;
}

const utf8Bytes = (value: string): string => `convert_to(${value}, 'UTF8')`;

/** Hexadecimal digits sort as the bytes that they stand for. */
const boundOfOther = (which: Bound, value: string): string =>
  `left(convert_from(decode(${which}(encode(${utf8Bytes(value)}, 'hex') collate "C"), 'hex'), 'UTF8'), ${BOUND})`;

/** Sum of the first 60 bits: in any order the same, and unlike xor it sees a row that is there twice. */
const sumOfMd5Text = (md5: string): string => `sum(('x' || substr(${md5}, 1, 15))::bit(60)::bigint)`;

export const md5Sum = (value: string, { utf8 }: Dialect): string => sumOfMd5Text(`md5(${utf8 ? value : utf8Bytes(value)})`);

/** The bounds go by bytes, which `COLLATE "C"` does in PostgreSQL. */
const text: EngineShapes<[Dialect]>['text'] = (value, dialect) => ({
  bytes: `sum(octet_length(${dialect.utf8 ? value : utf8Bytes(value)}))`,
  min: bound('min', value, dialect),
  max: bound('max', value, dialect),
});

/** PostgreSQL's half of the shapes. */
export const POSTGRES_SHAPES: EngineShapes<[Dialect]> = {
  number: (value) => ({ sum: `sum(${value})` }),
  text,
  /** PostgreSQL compares without the padding; a cast to text in each row, which takes it off, would cost 0.3 µs each. */
  padded: (value, dialect) =>
    dialect.utf8
      ? text(value, dialect)
      : { ...text(`${value}::text`, dialect), bytes: `sum(octet_length(${utf8Bytes(`textin(bpcharout(${value}))`)}))` },
  digest: (value, dialect) => ({ md5: md5Sum(value, dialect) }),
  blob: (value) => ({ bytes: `sum(octet_length(${value}))`, md5: sumOfMd5Text(`md5(${value})`) }),
  uuid: (value, { version }) => {
    const bytes = (from: number, count: number) =>
      version >= 180000
        ? `sum(substr(uuid_send(${value}), ${from}, ${count})::bigint)`
        : `sum(('x' || substr(encode(uuid_send(${value}), 'hex'), ${from * 2 - 1}, ${count * 2}))::bit(${count * 8})::bigint)`;
    return { head: bytes(1, 4), tail: bytes(11, 6) };
  },
};
