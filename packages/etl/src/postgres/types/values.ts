import type { JsonObject } from '@sluice/core/lib/json';
import { SIGNED_ZERO } from '../../types/zeros.ts';
import type { Finding } from './rule.ts';
import type { Dialect } from './shapes.ts';

type Value = (column: string, args: JsonObject, dialect: Dialect) => string;

/** Since 18 bytes cast to a number; the detour over hexadecimal digits costs twice as much. */
const sentAsNumber = (sent: string, bits: 32 | 64, { version }: Dialect): string => {
  const type = bits === 64 ? 'bigint' : 'int';
  return version >= 180000 ? `${sent}::${type}` : `('x' || encode(${sent}, 'hex'))::bit(${bits})::${type}`;
};

/** NaN has many bit patterns in PostgreSQL, and one in a text; zero has two, which are equal: see `types/zeros.ts`. */
export const floatBits =
  (type: 'float4' | 'float8', nan: string): Value =>
  (column, _, dialect) =>
    `case when ${column} = 'NaN' then ${nan} else ${sentAsNumber(`${type}send(${column} + 0::${type})`, type === 'float4' ? 32 : 64, dialect)} end`;

/** A zero whose text has a minus sign. */
export const signedZero = (column: string): Finding => ({ when: `${column} = 0 and ${column}::text = '-0'`, reason: SIGNED_ZERO });

/** Microseconds as they are stored: since 2000-01-01, with the two ends of the 64 bits for the infinities. */
export const microseconds =
  (send: string): Value =>
  (column, _, dialect) =>
    sentAsNumber(`${send}(${column})`, 64, dialect);

export const days = (column: string): string =>
  `case when isfinite(${column}) then ${column} - date '2000-01-01' when ${column} = 'infinity' then 2147483647 when ${column} = '-infinity' then -2147483648 end`;

/** In parts that DuckDB reads whatever their signs: it takes no more than 2^31 hours in a time. An infinite one has no parts. */
export function intervalText(column: string): string {
  const parts = [
    `extract(year from ${column})::bigint * 12 + extract(month from ${column})::bigint || ' months '`,
    `extract(day from ${column})::bigint || ' days '`,
    `extract(hour from ${column})::bigint || ' hours '`,
    `extract(minute from ${column})::bigint * 60000000 + extract(microseconds from ${column})::bigint || ' microseconds'`,
  ];
  return `case when isfinite(${column}) then ${parts.join(' || ')} end`;
}

/** Digits of a column whose DECIMAL was measured; of others PostgreSQL sees to it. */
const measured = ({ width, scale }: JsonObject): { width: number; scale: number } | undefined =>
  typeof width === 'number' && typeof scale === 'number' ? { width, scale } : undefined;

/** With as many decimals as the DECIMAL has: `numeric` without bounds has as many as each value was written with. */
export const atScale = (column: string, args: JsonObject): string => {
  const digits = measured(args);
  return digits ? `(${column})::numeric(${digits.width},${digits.scale})` : column;
};

/** One NaN makes the sum NaN, and the sum is made anyway. A view may give other values than those that were measured. */
export const notADecimal = (column: string, args: JsonObject): Finding => {
  const digits = measured(args);
  const nan = { when: `${column} = 'NaN'`, reason: 'NaN is not a value of DECIMAL', noticed: `sum(${column}) = 'NaN'` };
  if (!digits) return nan;
  return {
    when: `(${column} = 'NaN' or min_scale(${column}) > ${digits.scale})`,
    reason: `it is not a value of DECIMAL(${digits.width},${digits.scale})`,
    noticed: `(sum(${column}) = 'NaN' or max(min_scale(${column})) > ${digits.scale})`,
  };
};

export const tooLate = (column: string): Finding => ({
  when: `${column} >= '294247-01-10 04:00:54.775807' and ${column} <> 'infinity'`,
  reason: 'it is later than the last instant of DuckDB, in the year 294247',
});

export const infinite = (column: string): Finding => ({ when: `not isfinite(${column})`, reason: 'DuckDB has no infinite interval' });

/**
 * `json` may name half of a surrogate pair, which is not text, and DuckDB refuses it. First a cheap look, then, without escaped
 * backslashes and whole pairs, the sure one.
 */
export const halfSurrogate = (column: string): Finding => {
  const halves = `regexp_replace(replace(${column}::text, '\\\\', ''), '\\\\u[dD][89abAB]..\\\\u[dD][c-fC-F]..', '', 'g')`;
  return {
    when: `${column}::text like any (array['%\\\\ud%', '%\\\\uD%']) and ${halves} ~ '\\\\u[dD][89a-fA-F]'`,
    reason: 'it names half of a surrogate pair, which is not text',
  };
};

/** Dates travel as days: less work for both sides, and no era, which DuckDB's reader passes over without a word. */
export const readDays = (days: string): string =>
  `case ${days} when 2147483647 then DATE 'infinity' when -2147483648 then DATE '-infinity' else DATE '2000-01-01' + ${days} end`;

/** DuckDB writes the era behind the date, and reads `4713-01-01 BC` as a year of our own without a word. */
export const readDate = (text: string): string =>
  `case when ends_with(${text}, 'BC') then replace(${text}, ' BC', ' (BC)')::DATE else ${text}::DATE end`;

export const readInstant = (type: 'TIMESTAMP' | 'TIMESTAMPTZ') => (text: string) =>
  `case when ends_with(${text}, 'BC') then regexp_replace(${text}, '^(\\S+) (.*) BC$', '\\1 (BC) \\2')::${type} else ${text}::${type} end`;
