/**
 * Instants are strings on the wire and in records (`2026-11-24T10:00:00.123456+00:00`), and microseconds since 1970
 * where they are compared or added to. A number holds microseconds exactly until the year 2255.
 */
export type Instant = string;
export type Micros = number;

export const SECOND: Micros = 1_000_000;

const FRACTION = /\.(\d+)/;

/** Microseconds of an instant; accepts `T` or a space, `Z` or an offset, as Prefect's clients send them. NaN when it is none. */
export function toMicros(instant: Instant): Micros {
  const fraction = FRACTION.exec(instant)?.[1] ?? '';
  const millis = Date.parse(instant.replace(' ', 'T').replace(FRACTION, ''));
  return millis * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** A part of a microsecond, as a delay of 1.0000005 s leaves one, is rounded. */
export function toInstant(exact: Micros): Instant {
  const micros = Math.round(exact);
  const seconds = Math.floor(micros / SECOND);
  const fraction = String(micros - seconds * SECOND).padStart(6, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}+00:00`;
}

/** Seconds from one instant to a later one. */
export function secondsBetween(from: Instant, to: Instant): number {
  return (toMicros(to) - toMicros(from)) / SECOND;
}
