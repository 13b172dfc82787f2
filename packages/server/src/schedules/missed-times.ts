import { type Micros, SECOND } from '@sluice/core/lib/time';
import type { Catchup, Schedule } from '@sluice/core/model/schedule';
import { upcoming } from './times.ts';

/** So many runs of a schedule are made up for at most, the newest. It is what one request to backfill may make, too. */
export const MOST_MISSED = 1000;

interface Gap {
  /** Nothing is missing up to here, and the times from there on are not missed. */
  readonly after: Micros;
  readonly before: Micros;
  /** So many at a turn. */
  readonly part: number;
}

export interface Missed {
  /** Soonest first. */
  readonly times: readonly Micros[];
  /** More are left for the next turn, which begins behind the last of these. */
  readonly more: boolean;
  /** There were more than are made up for: those before the first of these get no run. */
  readonly leftOut: boolean;
}

const NONE: Missed = { times: [], more: false, leftOut: false };

/** The times between two instants that a schedule wants runs for though they have passed. */
export function missedTimes(schedule: Schedule, catchup: Catchup, { after, before, part }: Gap): Missed {
  if (catchup === 'none' || after >= before) return NONE;
  if (catchup === 'last') return { ...NONE, times: newest(schedule, { after, before, count: 1 }) };
  const found = newest(schedule, { after, before, count: MOST_MISSED + 1 });
  const wanted = found.slice(-MOST_MISSED);
  return { times: wanted.slice(0, part), more: wanted.length > part, leftOut: found.length > MOST_MISSED };
}

const HOUR = 3600 * SECOND;
const GROWTH = 8;

/** The last so many times between two instants: looked for from the end, in spans that grow, since years may have passed. */
function newest(schedule: Schedule, { after, before, count }: { after: Micros; before: Micros; count: number }): Micros[] {
  const all = { to: before - 1, min: Number.POSITIVE_INFINITY, reach: Number.POSITIVE_INFINITY, max: Number.POSITIVE_INFINITY };
  // The shortest intervals are of a microsecond; patterns and rules have no more than one time a second.
  let span = 'interval' in schedule ? Math.min(before - after, count * Math.ceil(schedule.interval * SECOND)) : HOUR;
  for (;;) {
    const from = Math.max(after + 1, before - span);
    const times = upcoming(schedule, { ...all, from });
    if (times.length >= count || from === after + 1) return times.slice(-count);
    span *= GROWTH;
  }
}
