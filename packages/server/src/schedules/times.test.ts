import { SECOND, toInstant, toMicros } from '@sluice/core/lib/time';
import { type Schedule, ScheduleCreate } from '@sluice/core/model/schedule';
import { describe, expect, test } from 'vitest';
import { expectSchedule } from './expect-schedule.ts';
import { nextLook } from './planned-runs.ts';
import { upcoming } from './times.ts';

const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const ANCHOR = '2026-01-01T00:00:00.000000+00:00';

/** The first times of a schedule, in UTC without what is zero. */
function first(schedule: Schedule, from: string, count = 3): string[] {
  const start = toMicros(from);
  const times = upcoming(schedule, { from: start, to: start + 400 * DAY, min: count, reach: 0, max: count });
  return times.map((time) => toInstant(time).replace(/(:00)?\.000000\+00:00$/, 'Z'));
}

const cron = (pattern: string, timezone: string | null = 'UTC', day_or = true): Schedule => ({ cron: pattern, timezone, day_or });
const rrule = (rule: string, timezone = 'UTC'): Schedule => ({ rrule: rule, timezone });
const every = (interval: number, timezone = 'UTC', anchor_date = ANCHOR): Schedule => ({ interval, anchor_date, timezone });

describe('a cron schedule', () => {
  test('comes when the clock of its zone shows its time, that instant included', () => {
    expect(first(cron('30 6 * * *', 'Europe/Oslo'), '2026-06-01T04:30:00Z')).toEqual(['2026-06-01T04:30Z', '2026-06-02T04:30Z', '2026-06-03T04:30Z']);
    expect(first(cron('30 6 * * *'), '2026-06-01T06:30:00.000001Z', 1)).toEqual(['2026-06-02T06:30Z']);
  });

  test('keeps its hour when clocks are set, and a time that is skipped comes as much later as is skipped', () => {
    // Clocks in Oslo go from 2:00 to 3:00 on 29 March 2026, and from 3:00 to 2:00 on 25 October.
    expect(first(cron('30 2 * * *', 'Europe/Oslo'), '2026-03-28T00:00:00Z')).toEqual(['2026-03-28T01:30Z', '2026-03-29T01:30Z', '2026-03-30T00:30Z']);
    expect(first(cron('30 2 * * *', 'Europe/Oslo'), '2026-10-24T00:00:00Z')).toEqual(['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z']);
    expect(first(cron('0 9 * * *', 'America/New_York'), '2026-03-07T00:00:00Z')).toEqual([
      '2026-03-07T14:00Z',
      '2026-03-08T13:00Z',
      '2026-03-09T13:00Z',
    ]);
  });

  test('that comes every hour does so once for an hour that the clock shows twice, as in Prefect 3.9.1', () => {
    expect(first(cron('0 * * * *', 'Europe/Oslo'), '2026-10-24T23:30:00Z', 4)).toEqual([
      '2026-10-25T00:00Z',
      '2026-10-25T02:00Z',
      '2026-10-25T03:00Z',
      '2026-10-25T04:00Z',
    ]);
    expect(first(cron('0 * * * *', 'Europe/Oslo'), '2026-10-25T01:30:00Z', 1)).toEqual(['2026-10-25T02:00Z']);
  });

  test('in the middle of a gap or behind it finds what the clock skipped, each instant once and in order', () => {
    const schedule = cron('*/15 2,3 * * *', 'Europe/Oslo');
    const all = ['2026-03-29T01:00Z', '2026-03-29T01:15Z', '2026-03-29T01:30Z', '2026-03-29T01:45Z', '2026-03-30T00:00Z'];
    expect(first(schedule, '2026-03-29T00:00:00Z', 5)).toEqual(all);
    expect(first(schedule, '2026-03-29T01:20:00Z', 3)).toEqual(all.slice(2));
  });

  test('with both kinds of days needs either, or both', () => {
    expect(first(cron('0 0 13 * 5'), '2026-02-01T00:00:00Z')).toEqual(['2026-02-06T00:00Z', '2026-02-13T00:00Z', '2026-02-20T00:00Z']);
    expect(first(cron('0 0 13 * 5', 'UTC', false), '2026-01-01T00:00:00Z')).toEqual(['2026-02-13T00:00Z', '2026-03-13T00:00Z', '2026-11-13T00:00Z']);
  });

  test('has its seconds and years last', () => {
    expect(first(cron('0 12 * * * 30'), '2026-02-01T00:00:00Z', 1)).toEqual(['2026-02-01T12:00:30Z']);
    expect(first(cron('@daily'), '2026-02-01T00:00:01Z', 1)).toEqual(['2026-02-02T00:00Z']);
  });
});

describe('an interval', () => {
  test('counts from its anchor, on both sides of it', () => {
    expect(first(every(3600), '2026-06-01T04:30:00Z', 2)).toEqual(['2026-06-01T05:00Z', '2026-06-01T06:00Z']);
    expect(first(every(5400, 'UTC', '2030-01-01T00:10:00Z'), '2026-01-01T00:00:00Z', 1)).toEqual(['2026-01-01T00:10Z']);
    expect(first(every(60, 'UTC', '2026-01-01T00:00:00.123456Z'), '2026-01-01T00:00:01Z', 1)).toEqual(['2026-01-01T00:01:00.123456+00:00']);
  });

  test('of days keeps the hour of its zone, also after a day that skips it; one of hours lets them pass', () => {
    const daily = every(86_400, 'Europe/Oslo', '2026-01-01T01:30:00Z');
    expect(first(daily, '2026-03-28T00:00:00Z')).toEqual(['2026-03-28T01:30Z', '2026-03-29T01:30Z', '2026-03-30T00:30Z']);
    expect(first(every(3600, 'Europe/Oslo'), '2026-10-24T23:30:00Z')).toEqual(['2026-10-25T00:00Z', '2026-10-25T01:00Z', '2026-10-25T02:00Z']);
    expect(first(every(7 * 86_400, 'Europe/Oslo', '2026-01-01T08:00:00Z'), '2026-03-25T00:00:00Z', 2)).toEqual([
      '2026-03-26T08:00Z',
      '2026-04-02T07:00Z',
    ]);
  });

  test('is read as a number, in digits or as a duration, and refused when nothing passes', () => {
    for (const interval of [900, '900', 'PT15M']) expect(ScheduleCreate.parse({ interval })).toMatchObject({ interval: 900 });
    for (const interval of [0, -1, 'PT', 'soon', 1e20, null]) expect(ScheduleCreate.safeParse({ interval }).success, String(interval)).toBe(false);
  });
});

describe('a rule', () => {
  test('begins on 1 January 2020 unless it says when, on a clock of its zone', () => {
    expect(first(rrule('FREQ=HOURLY;BYMINUTE=15'), '2026-06-01T04:30:00Z')).toEqual(['2026-06-01T05:15Z', '2026-06-01T06:15Z', '2026-06-01T07:15Z']);
    expect(first(rrule('DTSTART:20260101T090000\nRRULE:FREQ=DAILY', 'Europe/Oslo'), '2026-03-28T00:00:00Z')).toEqual([
      '2026-03-28T08:00Z',
      '2026-03-29T07:00Z',
      '2026-03-30T07:00Z',
    ]);
    expect(first(rrule('FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24'), '2026-06-01T00:00:00Z', 1)).toEqual(['2026-12-24T00:00Z']);
  });

  test('ends by its count or its last time, and has dates of its own, and exceptions', () => {
    expect(first(rrule('DTSTART:20260601T000000\nRRULE:FREQ=DAILY;COUNT=2'), '2026-06-01T00:00:00Z')).toHaveLength(2);
    expect(first(rrule('DTSTART:20260601T000000 RRULE:FREQ=DAILY;UNTIL=20260602T000000', 'Asia/Tokyo'), '2026-05-01T00:00:00Z', 5)).toEqual([
      '2026-05-31T15:00Z',
      '2026-06-01T15:00Z',
    ]);
    const set = 'DTSTART:20260601T000000\nRRULE:FREQ=WEEKLY;COUNT=3\nRRULE:FREQ=DAILY;COUNT=2\nRDATE:20260603T120000\nEXDATE:20260608T000000';
    expect(first(rrule(set), '2026-05-01T00:00:00Z', 9)).toEqual([
      '2026-06-01T00:00Z',
      '2026-06-02T00:00Z',
      '2026-06-03T12:00Z',
      '2026-06-15T00:00Z',
    ]);
  });

  test('that never fits ends the search', () => {
    expect(first(rrule('FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30'), '2026-06-01T00:00:00Z')).toEqual([]);
    expect(first(cron('0 0 30 2 *'), '2026-06-01T00:00:00Z')).toEqual([]);
  });
});

test.each([
  [{ cron: 'hello' }, 'Invalid cron string: "hello"'],
  [{ cron: '* * * * * * * *' }, 'Invalid cron string'],
  [{ cron: 'H * * * *' }, 'random and hashed'],
  [{ rrule: 'FREQ=BOGUS' }, 'Invalid RRule string "FREQ=BOGUS"'],
  [{ rrule: 'hello' }, 'Invalid RRule string'],
  [{ rrule: 'DTSTART:20269901T000000\nRRULE:FREQ=DAILY;UNTIL=x' }, 'Invalid RRule string'],
])('what cannot be read is refused in a sentence: %j', (asked, sentence) => {
  expect(() => expectSchedule(asked, ANCHOR)).toThrow(sentence);
});

test('zones are those of the clock: names, not offsets', () => {
  const zone = (timezone: string) => ScheduleCreate.safeParse({ cron: '0 6 * * *', timezone }).success;
  expect(['Europe/Oslo', 'UTC', 'America/New_York'].map(zone)).toEqual([true, true, true]);
  expect(['+01:00', 'Nowhere/City', ''].map(zone)).toEqual([false, false, false]);
});

test('as few times are taken as are enough, and no more than the most', () => {
  const from = toMicros('2026-06-01T00:00:00Z');
  const count = (minutes: number, more: object = {}) =>
    upcoming(every(minutes * 60), { from, to: from + 100 * DAY, min: 3, reach: from + HOUR, max: 100, ...more }).length;
  expect([count(60 * 24), count(60), count(10), count(1 / 60), count(10, { max: 2 }), count(60, { to: from + HOUR })]).toEqual([3, 3, 7, 100, 2, 2]);
});

test('a schedule is looked at again when one of its last three times has passed, or an hour before the last', () => {
  const [now, min, reach] = [toMicros(ANCHOR), 3, HOUR];
  const inHours = (...hours: number[]) =>
    (nextLook(
      hours.map((hour) => now + hour * HOUR),
      { now, min, reach },
    ) -
      now) /
    HOUR;
  expect([inHours(1, 2, 3), inHours(5), inHours(), inHours(0.1, 0.2, 0.3, 2)]).toEqual([1, 5, 24, 0.2]);
  expect(inHours(0.001, 0.002, 0.003) * 3600).toBeCloseTo(5);
});
