import { SluiceError } from '@sluice/core/errors/sluice-error';
import { CATCHUPS, type ScheduleCreate } from '@sluice/core/model/schedule';
import type { RuleChange } from '@sluice/core/schedule/changed-rule';
import { choice, decimal, flag, text } from '../program/options.ts';

/** The options that say when a schedule makes runs. */
export const ruleOptions = {
  interval: decimal('--interval <seconds>', 'Run every so many seconds'),
  anchorDate: text('--anchor-date <time>', 'Where an interval counts from; now for a new one'),
  cron: text('--cron <pattern>', 'Run when a clock shows this, such as "0 6 * * *"'),
  rrule: text('--rrule <rule>', 'Run by a rule of RFC 5545; its text, or {"rrule": …, "timezone": …}'),
  timezone: text('--timezone <name>', 'Whose clock is meant, such as Europe/Berlin'),
};

/** How a new schedule is typed. */
export const scheduleRule = {
  ...ruleOptions,
  dayOr: { ...flag('--no-day_or', 'Both kinds of day of a cron pattern must fit, not one of them'), fallback: true },
};

export const catchup = choice(
  '--catchup <which>',
  'Of its times that pass while no server runs, or while it is off, these get runs; none for a new one',
  CATCHUPS,
);

/** The kinds of rule, of which one may be given. */
export const kindsIn = ({ interval, cron, rrule }: RuleChange) => [interval, cron, rrule].filter((each) => each !== undefined).length;

interface Typed {
  readonly interval: number | undefined;
  readonly anchorDate: string | undefined;
  readonly cron: string | undefined;
  readonly rrule: string | undefined;
  readonly timezone: string | undefined;
}

/** Whether a schedule was typed at all. */
export const namesSchedule = ({ interval, anchorDate, cron, rrule, timezone }: Typed): boolean =>
  [interval, anchorDate, cron, rrule, timezone].some((each) => each !== undefined);

/** The new schedule that was typed, or an error: there must be one, and only one. */
export function scheduleOf({ dayOr: day_or, ...typed }: Typed & { readonly dayOr: boolean }): ScheduleCreate {
  const rule = typedRule(typed);
  if (kindsIn(rule) !== 1) throw usage('Give one of --interval, --cron and --rrule.');
  if (rule.anchor_date !== undefined && rule.interval === undefined) throw usage('--anchor-date is for --interval alone.');
  const said = Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined));
  return { ...said, ...(rule.cron !== undefined && { day_or }) } as ScheduleCreate;
}

const usage = (what: string) => new SluiceError('USAGE', what, { hint: 'For example: --cron "0 6 * * *" --timezone Europe/Berlin' });

/** A rule as it is typed: that of RFC 5545 may be JSON which names its time zone too. */
export function typedRule(typed: Typed): RuleChange {
  const { interval, anchorDate: anchor_date, cron, rrule, timezone } = typed;
  const rule = { interval, anchor_date, cron, rrule, timezone };
  return rrule?.trimStart().startsWith('{') ? { ...rule, ...readJson(rrule), ...(timezone !== undefined && { timezone }) } : rule;
}

function readJson(typed: string): { readonly rrule: string } {
  try {
    return JSON.parse(typed) as { rrule: string };
  } catch {
    throw new SluiceError('USAGE', `"${typed}" is not JSON.`, { hint: 'Give the rule as its text, or as {"rrule": …, "timezone": …}.' });
  }
}
