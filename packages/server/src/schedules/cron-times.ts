import type { Micros } from '@sluice/core/lib/time';
import type { CronSchedule } from '@sluice/core/model/schedule';
import { Cron } from 'croner';
import { atWall, offsetAt, wallOf } from './zone.ts';

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
/** No zone has ever moved its clocks by more than a day. */
const LARGEST_GAP = 3 * HOUR;

/** Prefect's library wants seconds, and years, behind the five fields; ours wants seconds before them. */
function reordered(pattern: string): string {
  const [minute, hour, day, month, weekday, second, ...years] = pattern.trim().split(/\s+/);
  return second === undefined ? pattern : [second, minute, hour, day, month, weekday, ...years].join(' ');
}

/** The pattern as it is read on a clock that is never set. Throws when it cannot be read. */
export function readCron({ cron, day_or }: Pick<CronSchedule, 'cron' | 'day_or'>): Cron {
  if (cron.split(/[\s,]+/).some((field) => /^[rh](\(.*\))?$/i.test(field))) throw new TypeError('random and hashed fields are not supported');
  return new Cron(reordered(cron), { timezone: 'UTC', domAndDow: !day_or, sloppyRanges: true });
}

/** What the clock shows whenever the pattern fits, from an instant on, as if the clock were in UTC. */
function* wallTimes(pattern: Cron, from: Micros): Generator<Micros> {
  let before = new Date((Math.ceil(from / SECOND) - 1) * 1000);
  for (;;) {
    const next = pattern.nextRun(before);
    if (!next) return;
    yield next.getTime() * 1000;
    before = next;
  }
}

/**
 * The instants from `from` on at which the pattern fits, as Prefect 3.9.1 has them: what a clock skips comes later by as much as is
 * skipped, and what it shows twice counts the first time.
 */
export function* cronTimes(schedule: CronSchedule, from: Micros): Generator<Micros> {
  const pattern = readCron(schedule);
  const zone = schedule.timezone ?? 'UTC';
  if (zone === 'UTC') {
    yield* wallTimes(pattern, from);
    return;
  }
  const wasSet = offsetAt(from, zone) !== offsetAt(from - LARGEST_GAP, zone);
  let shifted: Micros[] = [];
  let last = from - 1;
  for (const wall of wallTimes(pattern, wallOf(from, zone) - (wasSet ? LARGEST_GAP : 0))) {
    const instant = atWall(wall, zone);
    if (wallOf(instant, zone) !== wall) {
      shifted.push(instant);
      continue;
    }
    for (const time of [...shifted.filter((time) => time < instant), instant]) {
      if (time > last) yield time;
      last = Math.max(last, time);
    }
    shifted = shifted.filter((time) => time > instant);
  }
  yield* shifted.filter((time) => time > last);
}
