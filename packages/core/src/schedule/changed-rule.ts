import type { Schedule, ScheduleCreate } from '../model/schedule.ts';

/** What a person says of when a schedule makes runs; what is left out stays as it is. */
export interface RuleChange {
  readonly interval?: number | undefined;
  readonly anchor_date?: string | undefined;
  readonly cron?: string | undefined;
  readonly day_or?: boolean | undefined;
  readonly rrule?: string | undefined;
  readonly timezone?: string | undefined;
}

const KINDS = ['interval', 'cron', 'rrule'] as const;
const kindOf = (rule: object) => KINDS.find((kind) => (rule as RuleChange)[kind] !== undefined);

/** The whole rule that a change makes of one. Of a rule of another kind the time zone alone stays; undefined when nothing is changed. */
export function changedRule(before: Schedule, change: RuleChange): ScheduleCreate | undefined {
  const said = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  if (Object.keys(said).length === 0) return undefined;
  const isSameKind = (kindOf(change) ?? kindOf(before)) === kindOf(before);
  return { ...(isSameKind ? before : { timezone: before.timezone }), ...said } as ScheduleCreate;
}
