import { expect, test } from 'vitest';
import type { Schedule } from '../model/schedule.ts';
import { changedRule } from './changed-rule.ts';

const cron: Schedule = { cron: '0 6 * * *', timezone: 'Europe/Berlin', day_or: false };
const interval: Schedule = { interval: 900, anchor_date: '2026-01-01T00:00:00Z', timezone: 'UTC' };

test('what is left out stays: the time zone, what an interval counts from, how the days of a pattern are read', () => {
  expect(changedRule(cron, { cron: '0 7 * * *' })).toEqual({ cron: '0 7 * * *', timezone: 'Europe/Berlin', day_or: false });
  expect(changedRule(interval, { interval: 60 })).toEqual({ interval: 60, anchor_date: '2026-01-01T00:00:00Z', timezone: 'UTC' });
  expect(changedRule(interval, { timezone: 'Asia/Tokyo' })).toEqual({ ...interval, timezone: 'Asia/Tokyo' });
});

test('of a rule of another kind the time zone alone stays', () => {
  expect(changedRule(cron, { interval: 60 })).toEqual({ interval: 60, timezone: 'Europe/Berlin' });
  expect(changedRule(interval, { rrule: 'FREQ=DAILY', timezone: 'Asia/Tokyo' })).toEqual({ rrule: 'FREQ=DAILY', timezone: 'Asia/Tokyo' });
});

test('no change is none', () => {
  expect(changedRule(cron, { cron: undefined, timezone: undefined })).toBeUndefined();
});
