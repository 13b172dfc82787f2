import { type Duration, toSeconds } from '@sluice/core/lib/duration';
import type { JsonObject } from '@sluice/core/lib/json';
import type { Catchup, DeploymentScheduleCreate } from '@sluice/core/model/schedule';
import type { z } from 'zod';

/** A schedule of a deployment, as it goes over the wire: what Prefect 3 calls a deployment schedule. */
export type Schedule = z.input<typeof DeploymentScheduleCreate>;

export interface ScheduleOptions {
  /** Name of a zone, such as `Europe/Berlin`: times keep the hour of its clocks. UTC when left out. */
  readonly timezone?: string;
  /** Parameters of the runs that it makes, over those of the deployment. */
  readonly params?: JsonObject;
  /** Its name in its deployment: a schedule of the same name is changed, and not made anew. */
  readonly slug?: string;
  /** False: it makes no runs until it is switched on. */
  readonly active?: boolean;
  /** How many of its runs may wait in the queue. */
  readonly maxScheduledRuns?: number;
  /**
   * What is done about its times that passed while no server ran, or while the schedule or its deployment was off: `all` makes a run for
   * each of them, at most for the newest 1000; `last` makes one for the newest; `none`, when left out, makes none, as Prefect does. Runs that
   * wait already (the next three, or those of an hour) are done late in any case. Times before the schedule
   * was made, or before its rule was changed, are for `sluice backfill`; an interval without an `anchor` is another rule at each deploy.
   */
  readonly catchup?: Catchup;
}

const aside = ({ params, slug, active, maxScheduledRuns, catchup }: ScheduleOptions): Omit<Schedule, 'schedule'> => ({
  ...(params && { parameters: params }),
  ...(slug !== undefined && { slug }),
  ...(active !== undefined && { active }),
  ...(maxScheduledRuns !== undefined && { max_scheduled_runs: maxScheduledRuns }),
  ...(catchup !== undefined && { catchup }),
});

const zone = ({ timezone }: ScheduleOptions) => (timezone === undefined ? {} : { timezone });

/**
 * When a clock shows what the pattern says: minute, hour, day of the month, month, day of the week. Where both kinds of day are
 * given, either is enough, unless `dayOr` is false.
 *
 * @example deploy(flow, { name: 'daily', schedules: [cron('0 6 * * *', { timezone: 'Europe/Berlin' })] })
 */
export const cron = (pattern: string, options: ScheduleOptions & { readonly dayOr?: boolean } = {}): Schedule => ({
  ...aside(options),
  schedule: { cron: pattern, ...zone(options), ...(options.dayOr !== undefined && { day_or: options.dayOr }) },
});

/** Again and again after such a time, counted from `anchor`. Whole days keep the hour of the clock. */
export const every = (interval: Duration, options: ScheduleOptions & { readonly anchor?: Date | string } = {}): Schedule => ({
  ...aside(options),
  schedule: { interval: toSeconds(interval), ...zone(options), ...(options.anchor && { anchor_date: new Date(options.anchor).toISOString() }) },
});

/** A rule of RFC 5545, such as `FREQ=MONTHLY;BYDAY=-1FR`. */
export const rrule = (rule: string, options: ScheduleOptions = {}): Schedule => ({
  ...aside(options),
  schedule: { rrule: rule, ...zone(options) },
});
