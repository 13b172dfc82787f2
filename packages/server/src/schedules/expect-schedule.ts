import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Schedule, ScheduleCreate } from '@sluice/core/model/schedule';
import { readCron } from './cron-times.ts';
import { readRRule } from './rrule-times.ts';

/** What a schedule is for good, with what Prefect takes for what is left out. Refused when its pattern or rule cannot be read. */
export function expectSchedule(asked: ScheduleCreate, now: string): Schedule {
  if ('interval' in asked) return { interval: asked.interval, anchor_date: asked.anchor_date ?? now, timezone: asked.timezone ?? 'UTC' };
  if ('cron' in asked) {
    const schedule = { cron: asked.cron, timezone: asked.timezone ?? null, day_or: asked.day_or ?? true };
    return readable(schedule, () => readCron(schedule), `Invalid cron string: "${asked.cron}"`);
  }
  const schedule = { rrule: asked.rrule, timezone: asked.timezone ?? 'UTC' };
  return readable(schedule, () => readRRule(schedule), `Invalid RRule string "${asked.rrule.slice(0, 200)}"`);
}

function readable(schedule: Schedule, read: () => unknown, what: string): Schedule {
  try {
    read();
    return schedule;
  } catch (cause) {
    throw new SluiceError('INVALID_REQUEST', `${what}: ${(cause as Error).message}`, { cause, hint: 'Correct the schedule.' });
  }
}
