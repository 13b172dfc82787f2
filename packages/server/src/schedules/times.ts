import type { Micros } from '@sluice/core/lib/time';
import type { Schedule } from '@sluice/core/model/schedule';
import { cronTimes } from './cron-times.ts';
import { intervalTimes } from './interval-times.ts';
import { rruleTimes } from './rrule-times.ts';

function timesOf(schedule: Schedule, { from, to, min, max }: Ahead): Iterable<Micros> {
  if ('cron' in schedule) return cronTimes(schedule, from);
  return 'rrule' in schedule ? rruleTimes(schedule, from, to, Math.min(min, max)) : intervalTimes(schedule, from);
}

/** How far ahead runs are made. */
export interface Ahead {
  /** From this instant on, and not beyond that one. */
  readonly from: Micros;
  readonly to: Micros;
  /** At least so many, and up to this instant at least; but never more than `max`. */
  readonly min: number;
  readonly reach: Micros;
  readonly max: number;
}

/** The fewest times that are enough, soonest first. Prefect's way to stop. */
export function upcoming(schedule: Schedule, ahead: Ahead): Micros[] {
  const { to, min, reach, max } = ahead;
  const times: Micros[] = [];
  if (max <= 0) return times;
  for (const time of timesOf(schedule, ahead)) {
    if (time > to) break;
    times.push(time);
    if (times.length >= max || (times.length >= min && time >= reach)) break;
  }
  return times;
}
