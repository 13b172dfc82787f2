import { expect, test } from 'vitest';
import { intervalText, intervalWords } from './interval-words.ts';
import { ruleWords } from './rule-words.ts';
import { cronWords } from './schedule-words.ts';

test.each([
  [1, 'every second'],
  [900, 'every 15 minutes'],
  [5400, 'every 1 hour 30 minutes'],
  [86_400, 'every day'],
  [7 * 86_400, 'every 7 days'],
  [0.5, 'every 0.5 seconds'],
])('an interval of %d s is %s', (seconds, words) => {
  expect(intervalWords(seconds)).toBe(words);
});

test.each([
  [900, '15m'],
  [5400, '90m'],
  [86_400, '1d'],
  [90, '90s'],
  [0.5, '0.5s'],
])('an interval of %d s is typed as %s', (seconds, text) => {
  expect(intervalText(seconds)).toBe(text);
});

test.each([
  ['0 6 * * *', 'at 06:00'],
  ['*/15 * * * *', 'every 15 minutes'],
  ['30 17 * * 1-5', 'at 17:30, Monday through Friday'],
  ['no pattern', undefined],
])('the pattern %s is %s', (pattern, words) => {
  expect(cronWords(pattern)).toBe(words);
});

test.each([
  ['FREQ=DAILY', 'every day'],
  ['RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;BYHOUR=6;BYMINUTE=30', 'every 2 weeks on Monday, Friday at 06:30'],
  ['DTSTART:20260101T000000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1;COUNT=12', 'every month on day 1 of the month 12 times'],
  ['FREQ=DAILY;UNTIL=20261224T000000Z', 'every day until 2026-12-24'],
])('the rule %s is %s', (rule, words) => {
  expect(ruleWords(rule)).toBe(words);
});

test.each(['FREQ=MONTHLY;BYDAY=-1FR', 'FREQ=DAILY;BYSETPOS=1', 'FREQ=DAILY;BYMINUTE=30', 'FREQ=DAILY\nEXDATE:20260101', 'nothing'])(
  'of the rule %s nothing is said, since half of it would be another',
  (rule) => {
    expect(ruleWords(rule)).toBeUndefined();
  },
);
