import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { ScheduleCreate } from '@sluice/core/model/schedule';
import { decimal, flag, text } from '../program/options.ts';

/** How a schedule is typed. */
export const scheduleRule = {
  interval: decimal('--interval <seconds>', 'Run every so many seconds'),
  anchorDate: text('--anchor-date <time>', 'Where an interval counts from; now when left out'),
  cron: text('--cron <pattern>', 'Run when a clock shows this, such as "0 6 * * *"'),
  dayOr: { ...flag('--no-day_or', 'Both kinds of day of a cron pattern must fit, not one of them'), fallback: true },
  rrule: text('--rrule <rule>', 'Run by a rule of RFC 5545; its text, or {"rrule": …, "timezone": …}'),
  timezone: text('--timezone <name>', 'Whose clock is meant, such as Europe/Berlin'),
};

export interface Rule {
  readonly interval: number | undefined;
  readonly anchorDate: string | undefined;
  readonly cron: string | undefined;
  readonly dayOr: boolean;
  readonly rrule: string | undefined;
  readonly timezone: string | undefined;
}

/** Whether one was typed at all. */
export const namesSchedule = ({ interval, anchorDate, cron, rrule, timezone }: Rule): boolean =>
  [interval, anchorDate, cron, rrule, timezone].some((each) => each !== undefined);

/** The schedule that was typed, or an error: there must be one, and only one. */
export function scheduleOf({ interval, anchorDate, cron, dayOr, rrule, timezone }: Rule): ScheduleCreate {
  const given = [interval, cron, rrule].filter((each) => each !== undefined);
  if (given.length !== 1) throw usage('Give one of --interval, --cron and --rrule.');
  if (anchorDate !== undefined && interval === undefined) throw usage('--anchor-date is for --interval alone.');
  if (interval !== undefined) return { interval, anchor_date: anchorDate, timezone };
  return cron === undefined ? rruleOf(rrule ?? '', timezone) : { cron, day_or: dayOr, timezone };
}

function rruleOf(typed: string, timezone: string | undefined): ScheduleCreate {
  if (!typed.trimStart().startsWith('{')) return { rrule: typed, timezone };
  try {
    return { ...(JSON.parse(typed) as { rrule: string }), ...(timezone !== undefined && { timezone }) };
  } catch {
    throw usage(`"${typed}" is not JSON.`);
  }
}

const usage = (what: string) => new SluiceError('USAGE', what, { hint: 'For example: --cron "0 6 * * *" --timezone Europe/Berlin' });
