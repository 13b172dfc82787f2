import { z } from 'zod';
import { instant, jsonObject, positive, stored, uuid } from './common.ts';
import { limited, shortText } from './field-limits.ts';

/** Names that the platform knows, by region and city. Offsets are none: they would not follow daylight saving. */
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined && /^[A-Z]/i.test(name);
  } catch {
    return false;
  }
}

const timezone = z
  .string()
  .max(200)
  .refine(isTimeZone, { error: ({ input }) => `Invalid timezone: "${input}" (specify in IANA tzdata format, for example, America/New_York)` });

const DURATION = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Seconds as Prefect's clients send them, as a number or in digits, or an ISO 8601 duration such as `PT15M`. */
function toSeconds(value: number | string): number {
  if (typeof value === 'number') return value;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  const parts = DURATION.exec(value);
  if (!parts) return Number.NaN;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  return (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/** A hundred years. */
const LONGEST = 3_155_760_000;

const interval = z.union([z.number(), z.string().max(100)]).transform((value, context) => {
  const seconds = toSeconds(value);
  if (seconds >= 1e-6 && seconds <= LONGEST) return seconds;
  context.addIssue({ code: 'custom', message: 'not a time of more than 0 seconds and at most a hundred years' });
  return z.NEVER;
});

/** Every so many seconds from `anchor_date`. Whole days keep the hour of the clock in `timezone`. */
const IntervalSchedule = z.object({ interval: z.number(), anchor_date: instant, timezone: z.string().nullable() });
/** When a clock in `timezone` shows what the pattern says. `day_or`: either of the two kinds of day is enough. */
const CronSchedule = z.object({ cron: z.string(), timezone: z.string().nullable(), day_or: z.boolean() });
/** A rule of RFC 5545, whose times are read on a clock in `timezone`. */
const RRuleSchedule = z.object({ rrule: z.string(), timezone: z.string().nullable() });

export const Schedule = z.union([IntervalSchedule, CronSchedule, RRuleSchedule]);
export type Schedule = z.infer<typeof Schedule>;
export type IntervalSchedule = z.infer<typeof IntervalSchedule>;
export type CronSchedule = z.infer<typeof CronSchedule>;
export type RRuleSchedule = z.infer<typeof RRuleSchedule>;

/** Prefect's limit. */
const MAX_RRULE = 6500;

/** What a client says of a schedule. Whether patterns and rules can be read is asked by the server. */
export const ScheduleCreate = z.union([
  z.strictObject({ interval, anchor_date: instant.nullish(), timezone: timezone.nullish() }),
  z.strictObject({ cron: z.string().min(1).max(1000), timezone: timezone.nullish(), day_or: z.boolean().nullish() }),
  z.strictObject({ rrule: z.string().min(1).max(MAX_RRULE), timezone: timezone.nullish() }),
]);
export type ScheduleCreate = z.output<typeof ScheduleCreate>;

export const CATCHUPS = ['all', 'last', 'none'] as const;
/**
 * What is done about times that passed while no server ran, or while the schedule or its deployment was off: a run for each of them, at
 * most the newest 1000; one for the newest; or none, as Prefect does. Prefect knows no such choice.
 */
const catchup = z.enum(CATCHUPS);
export type Catchup = z.infer<typeof catchup>;

/** A schedule of a deployment. Prefect 3 has many of them, each with parameters of its own; Prefect 2.13 has one. */
export const DeploymentSchedule = z.object({
  ...stored,
  deployment_id: uuid,
  schedule: Schedule,
  active: z.boolean(),
  max_scheduled_runs: positive.nullable(),
  parameters: jsonObject,
  slug: z.string().nullable(),
  catchup,
});
export type DeploymentSchedule = z.infer<typeof DeploymentSchedule>;

/** Prefect's PREFECT_DEPLOYMENT_SCHEDULE_MAX_SCHEDULED_RUNS. */
const MAX_SCHEDULED_RUNS = 50;
const aside = {
  max_scheduled_runs: positive.max(MAX_SCHEDULED_RUNS).nullish(),
  parameters: limited('parameters', jsonObject).nullish(),
  slug: shortText.nullish(),
  /** The slug of the schedule whose place it takes. */
  replaces: shortText.nullish(),
  catchup: catchup.nullish(),
};

export const DeploymentScheduleCreate = z.strictObject({ ...aside, schedule: ScheduleCreate, active: z.boolean().default(true) });
export const DeploymentScheduleUpdate = z.strictObject({ ...aside, schedule: ScheduleCreate.nullish(), active: z.boolean().nullish() });
export type DeploymentScheduleUpdate = z.output<typeof DeploymentScheduleUpdate>;
