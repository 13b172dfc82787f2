/*
 * How a column is summed. A shape gives the same sums, by the same names, in the SQL of both engines, so that equal sums mean equal
 * content as far as sums can tell. What a type feeds into its shape is in the rules of each side.
 */

/** Facts of a server, and of a table, that the SQL for PostgreSQL depends on. */
export interface Dialect {
  /** As in `server_version_num`. */
  readonly version: number;
  /** Text stands there as the bytes that DuckDB has. */
  readonly utf8: boolean;
  /** Values of the table stand outside of its rows. */
  readonly toasted: boolean;
}

/** SQL of each sum, by its name. */
export interface ShapeSums {
  readonly [sum: string]: string;
}

export interface Shape {
  postgres(value: string, dialect: Dialect): ShapeSums;
  duckdb(value: string): ShapeSums;
}

/** Characters of a bound that are compared. */
const BOUND = 64;

const number: Shape = {
  postgres: (value) => ({ sum: `sum(${value})` }),
  duckdb: (value) => ({ sum: `sum(${value})` }),
};

/** The bounds go by bytes, as DuckDB compares; `COLLATE "C"` does so in PostgreSQL. */
const text: Shape = {
  postgres: (value, dialect) => ({
    bytes: `sum(octet_length(${dialect.utf8 ? value : utf8Bytes(value)}))`,
    min: bound('min', value, dialect),
    max: bound('max', value, dialect),
  }),
  duckdb: (value) => ({ bytes: `sum(strlen(${value}))`, min: duckdbBound('min', value), max: duckdbBound('max', value) }),
};

/** Of `char(n)`. PostgreSQL compares without the padding; a cast to text in each row, which takes it off, would cost 0.3 µs each. */
const padded: Shape = {
  postgres: (value, dialect) =>
    dialect.utf8
      ? text.postgres(value, dialect)
      : { ...text.postgres(`${value}::text`, dialect), bytes: `sum(octet_length(${utf8Bytes(`textin(bpcharout(${value}))`)}))` },
  duckdb: (value) => ({
    bytes: `sum(strlen(${value}))`,
    min: duckdbBound('min', `rtrim(${value}, ' ')`),
    max: duckdbBound('max', `rtrim(${value}, ' ')`),
  }),
};

type Bound = 'min' | 'max';

/** Where values stand outside of the rows, each comparison would fetch two of them whole; of a prefix it fetches the beginning of one. */
function bound(which: Bound, value: string, { utf8, toasted }: Dialect): string {
  if (!utf8) return boundOfOther(which, value);
  return toasted ? `${which}(left(${value}, ${BOUND}) collate "C")` : `left(${which}((${value}) collate "C")::text, ${BOUND})`;
}

const duckdbBound = (which: Bound, value: string): string => `md5(left(${which}(${value}), ${BOUND}))`;

const utf8Bytes = (value: string): string => `convert_to(${value}, 'UTF8')`;

/** Hexadecimal digits sort as the bytes that they stand for. */
const boundOfOther = (which: Bound, value: string): string =>
  `left(convert_from(decode(${which}(encode(${utf8Bytes(value)}, 'hex') collate "C"), 'hex'), 'UTF8'), ${BOUND})`;

/** For texts that are dear to make: each is made once. Sees any change, which length and bounds do not. */
const digest: Shape = {
  postgres: (value, dialect) => ({ md5: postgresMd5Sum(value, dialect) }),
  duckdb: (value) => ({ md5: duckdbMd5Sum(value) }),
};

const blob: Shape = {
  postgres: (value) => ({ bytes: `sum(octet_length(${value}))`, md5: sumOfMd5Text(`md5(${value})`) }),
  duckdb: (value) => ({ bytes: `sum(octet_length(${value}))`, md5: duckdbMd5Sum(value) }),
};

/** The first 4 and the last 6 of the 16 bytes: those that differ, whatever the version of the UUID. */
const uuid: Shape = {
  postgres: (value, { version }) => {
    const bytes = (from: number, count: number) =>
      version >= 180000
        ? `sum(substr(uuid_send(${value}), ${from}, ${count})::bigint)`
        : `sum(('x' || substr(encode(uuid_send(${value}), 'hex'), ${from * 2 - 1}, ${count * 2}))::bit(${count * 8})::bigint)`;
    return { head: bytes(1, 4), tail: bytes(11, 6) };
  },
  duckdb: (value) => ({
    head: `sum(('0x' || left(${value}::VARCHAR, 8))::BIGINT)`,
    tail: `sum(('0x' || right(${value}::VARCHAR, 12))::BIGINT)`,
  }),
};

/** Sum of the first 60 bits: in any order the same, and unlike xor it sees a row that is there twice. */
const sumOfMd5Text = (md5: string): string => `sum(('x' || substr(${md5}, 1, 15))::bit(60)::bigint)`;

export const postgresMd5Sum = (value: string, { utf8 }: Dialect): string => sumOfMd5Text(`md5(${utf8 ? value : utf8Bytes(value)})`);

export const duckdbMd5Sum = (value: string): string => `sum(('0x' || substr(md5(${value}), 1, 15))::BIGINT)`;

export const SHAPES = { number, text, padded, digest, blob, uuid } as const satisfies Record<string, Shape>;

export type ShapeName = keyof typeof SHAPES;
