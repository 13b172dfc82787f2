import { type Micros, SECOND, toMicros } from '@sluice/core/lib/time';
import type { Schedule } from '@sluice/core/model/schedule';
import { describe, expect, test } from 'vitest';
import { type Missed, missedTimes } from './missed-times.ts';

const at = (text: string): Micros => toMicros(`${text}.000000+00:00`);
const HOURLY: Schedule = { cron: '0 * * * *', timezone: null, day_or: true };
const DAY = { after: at('2026-11-01T00:00:00'), before: at('2026-11-02T00:00:00'), part: 1000 };
const hours = ({ times }: Missed) => times.map((time) => new Date(time / 1000).getUTCHours());

describe('times that a schedule has missed', () => {
  test('are those between the two instants, or the newest of them, or none', () => {
    expect(hours(missedTimes(HOURLY, 'all', DAY))).toEqual(Array.from({ length: 23 }, (_, hour) => hour + 1));
    expect(hours(missedTimes(HOURLY, 'last', DAY))).toEqual([23]);
    expect(missedTimes(HOURLY, 'none', DAY).times).toEqual([]);
    expect(missedTimes(HOURLY, 'all', { ...DAY, before: DAY.after }).times).toEqual([]);
  });

  test('are found in parts, one behind the other', () => {
    const first = missedTimes(HOURLY, 'all', { ...DAY, part: 20 });
    expect([hours(first).at(-1), first.more]).toEqual([20, true]);
    const second = missedTimes(HOURLY, 'all', { ...DAY, after: first.times.at(-1) ?? 0, part: 20 });
    expect([hours(second), second.more]).toEqual([[21, 22, 23], false]);
  });

  test('are the newest thousand, whatever the rule, and it is told when there were more', () => {
    const years = { after: at('2006-01-01T00:00:00'), before: at('2026-01-01T00:00:00'), part: 1000 };
    const anchor_date = '2026-01-01T00:00:00.000000+00:00';
    const rules: Schedule[] = [
      HOURLY,
      { cron: '* * * * * *', timezone: null, day_or: true },
      { interval: 0.000_001, anchor_date, timezone: 'UTC' },
      { rrule: 'FREQ=HOURLY;DTSTART=20050101T000000', timezone: 'UTC' },
    ];
    for (const rule of rules) {
      const { times, leftOut } = missedTimes(rule, 'all', years);
      expect([times.length, leftOut, (times.at(-1) ?? 0) < years.before, (times[0] ?? 0) > years.after]).toEqual([1000, true, true, true]);
    }
    const leapDays: Schedule = { cron: '0 0 29 2 *', timezone: null, day_or: true };
    expect(missedTimes(leapDays, 'all', years)).toMatchObject({ times: { length: 5 }, leftOut: false });
    expect(missedTimes(leapDays, 'last', years).times).toEqual([at('2024-02-29T00:00:00')]);
    const thousand = { interval: 3600, anchor_date, timezone: 'UTC' };
    const justSo = { ...years, after: years.before - 3600 * SECOND * 1001 };
    expect(missedTimes(thousand, 'all', justSo)).toMatchObject({ times: { length: 1000 }, leftOut: false });
  });
});
