import type { Micros } from '@sluice/core/lib/time';
import { Temporal } from 'temporal-polyfill';

const toNanos = (micros: Micros): bigint => BigInt(Math.round(micros)) * 1000n;
const toMicros = (nanos: bigint): Micros => Number(nanos / 1000n);

export const zoned = (at: Micros, zone: string): Temporal.ZonedDateTime => new Temporal.ZonedDateTime(toNanos(at), zone);
export const instantOf = (time: Temporal.ZonedDateTime): Micros => toMicros(time.epochNanoseconds);

/** What must be added to UTC to have the time of a clock in the zone. */
export const offsetAt = (at: Micros, zone: string): Micros => zoned(at, zone).offsetNanoseconds / 1000;

/** What a clock in the zone shows, as if it were one in UTC. */
export const wallOf = (at: Micros, zone: string): Micros => at + offsetAt(at, zone);

/** When a clock in the zone shows this: a time that it skips is later by as much as it skips, of one that it shows twice the first. */
export const atWall = (wall: Micros, zone: string): Micros => instantOf(zoned(wall, 'UTC').toPlainDateTime().toZonedDateTime(zone));
