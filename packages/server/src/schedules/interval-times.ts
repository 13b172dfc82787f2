import { type Micros, SECOND, toMicros } from '@sluice/core/lib/time';
import type { IntervalSchedule } from '@sluice/core/model/schedule';
import { instantOf, zoned } from './zone.ts';

const DAY = 86_400 * SECOND;

/** The k-th time, counted from the anchor. Days are those of the clock in the zone; what is left of the interval is time that passes. */
function nth({ interval, anchor_date, timezone }: IntervalSchedule): (k: number) => Micros {
  const anchor = toMicros(anchor_date);
  const length = Math.round(interval * SECOND);
  const days = Math.floor(length / DAY);
  const zone = timezone ?? 'UTC';
  if (days === 0 || zone === 'UTC') return (k) => anchor + k * length;
  const first = zoned(anchor, zone);
  return (k) => instantOf(first.add({ days: k * days })) + k * (length - days * DAY);
}

/**
 * The times from `from` on, before the anchor too, as Prefect's: a daily schedule keeps its hour when clocks are set, and an hourly
 * one comes every hour that passes. Other than Prefect's, an hour that one day skips is back on the next.
 */
export function* intervalTimes(schedule: IntervalSchedule, from: Micros): Generator<Micros> {
  const at = nth(schedule);
  let k = Math.floor((from - toMicros(schedule.anchor_date)) / Math.round(schedule.interval * SECOND));
  while (at(k) >= from) k -= 1;
  while (at(k) < from) k += 1;
  for (; ; k += 1) yield at(k);
}
