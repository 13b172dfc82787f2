/** A day, and an instant of one, as SQLite's own functions write them. The same patterns in JavaScript and in DuckDB. */
export const DATE_PATTERN = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
export const INSTANT_PATTERN = `${DATE_PATTERN}[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?`;

const DATE = new RegExp(`^${DATE_PATTERN}$`);
const INSTANT = new RegExp(`^${INSTANT_PATTERN}$`);

const MS_OF_DAY = 86_400_000;
const START = Date.UTC(2000, 0, 1);

/** Days since 2000-01-01; undefined for what is no day of the calendar. */
export function daysOf(text: string): number | undefined {
  if (!DATE.test(text)) return undefined;
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))];
  // The year 0 is not one for everybody.
  if (year === 0) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? (date.getTime() - START) / MS_OF_DAY : undefined;
}

/** Microseconds since 2000-01-01. */
export function microsecondsOf(text: string): bigint | undefined {
  const days = INSTANT.test(text) ? daysOf(text.slice(0, 10)) : undefined;
  if (days === undefined) return undefined;
  const [hour, minute, second] = [Number(text.slice(11, 13)), Number(text.slice(14, 16)), Number(text.slice(17, 19))];
  const fraction = Number(text.slice(20).padEnd(6, '0'));
  return BigInt(days) * 86_400_000_000n + BigInt(((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction);
}
