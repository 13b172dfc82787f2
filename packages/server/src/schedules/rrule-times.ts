import { type Micros, SECOND } from '@sluice/core/lib/time';
import type { RRuleSchedule } from '@sluice/core/model/schedule';
import { RRuleTemporal } from 'rrule-temporal';
import { atWall } from './zone.ts';

const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
/** So long it is at most from one time of a simple rule to the next. */
const PERIODS: { readonly [frequency: string]: number } = {
  HOURLY: HOUR,
  DAILY: DAY,
  WEEKLY: 7 * DAY,
  MONTHLY: 31 * DAY,
  YEARLY: 366 * DAY,
};
const periodOf = (rrule: string): number => PERIODS[/FREQ=([A-Z]+)/i.exec(rrule)?.[1]?.toUpperCase() ?? ''] ?? HOUR / 4;
/**
 * Most rules have what is wanted in the first window, which the library then is asked for once; each following one is larger, so that
 * rare times are found too.
 */
const firstWindow = (rrule: string, wanted: number): number => Math.min(periodOf(rrule) * Math.min(wanted, MOST_AT_FIRST), LARGEST_WINDOW);
const MOST_AT_FIRST = 3;
const LARGEST_WINDOW = 100 * DAY;
/** Beyond so many times that do not fit the library gives up: a rule that never fits must not hold the server. */
const MAX_CANDIDATES = 200_000;

/** Where a rule without a start begins, as in Prefect. */
const START = '20200101T000000';

interface Rules {
  readonly rules: readonly RRuleTemporal[];
  readonly except: readonly RRuleTemporal[];
  readonly dates: readonly Micros[];
  readonly exceptDates: ReadonlySet<Micros>;
}

const DATE_TIME = /(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?)?Z?/;

/** `20261201T063000` as what a clock shows. */
function wallOf(text: string): Micros {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (DATE_TIME.exec(text) ?? []).slice(1).map((part) => Number(part ?? 0));
  const wall = Date.UTC(year, month - 1, day, hour, minute, second) * 1000;
  if (!DATE_TIME.test(text) || Number.isNaN(wall)) throw new RangeError(`"${text}" is not a date and time`);
  return wall;
}

const asText = (at: Micros) => `${new Date(at / 1000).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}Z`;

/**
 * The lines of a rule, or of a set of them. Whatever zone they name, their digits are those of a clock in the schedule's zone, as in
 * Prefect. Throws when they cannot be read.
 */
export function readRRule({ rrule, timezone }: RRuleSchedule): Rules {
  const zone = timezone ?? 'UTC';
  const lines = rrule
    .toUpperCase()
    .trim()
    .split(/\s+/)
    .map((line): [string, string] => {
      const [, name, value] = /^(DTSTART|RRULE|EXRULE|RDATE|EXDATE)(?:;[^:]*)?:(.*)$/.exec(line) ?? [];
      return [name ?? 'RRULE', value ?? line];
    });
  const valuesOf = (wanted: string) => lines.flatMap(([name, value]) => (name === wanted ? value : []));
  const [start = START] = valuesOf('DTSTART');
  const first = new Date(wallOf(start) / 1000).toISOString().replaceAll(/[-:]/g, '').slice(0, 15);
  const inZone = (rule: string) => rule.replace(/UNTIL=([^;]*)/, (_, until: string) => `UNTIL=${asText(atWall(wallOf(until), zone))}`);
  const read = (rule: string) =>
    new RRuleTemporal({ rruleString: `DTSTART;TZID=${zone}:${first}\nRRULE:${inZone(rule)}`, maxCandidateEvaluations: MAX_CANDIDATES });
  const datesOf = (name: string) => valuesOf(name).flatMap((value) => value.split(',').map((date) => atWall(wallOf(date), zone)));
  const rules = valuesOf('RRULE').map(read);
  const dates = datesOf('RDATE');
  if (rules.length === 0 && dates.length === 0) throw new RangeError('it has no rule and no date');
  return { rules, except: valuesOf('EXRULE').map(read), dates, exceptDates: new Set(datesOf('EXDATE')) };
}

const between = (rule: RRuleTemporal, from: Micros, to: Micros): Micros[] =>
  rule.between(new Date(from / 1000), new Date(to / 1000), true).map((time) => Math.floor(time.epochMilliseconds / 1000) * SECOND);

/** The times from `from` to `to`, in order and each once. `wanted`: about so many of them will be asked for. */
export function* rruleTimes(schedule: RRuleSchedule, from: Micros, to: Micros, wanted: number): Generator<Micros> {
  const { rules, except, dates, exceptDates } = readRRule(schedule);
  let start = Math.ceil(from / SECOND) * SECOND;
  for (let window = firstWindow(schedule.rrule, wanted); start <= to; window = Math.min(window * 24, LARGEST_WINDOW)) {
    const end = Math.min(start + window, to);
    const excepted = new Set([...exceptDates, ...except.flatMap((rule) => between(rule, start, end))]);
    const times = [...rules.flatMap((rule) => between(rule, start, end)), ...dates.filter((date) => date >= start && date <= end)];
    yield* [...new Set(times)].filter((time) => !excepted.has(time)).sort((a, b) => a - b);
    start = Math.floor(end / SECOND + 1) * SECOND;
  }
}
