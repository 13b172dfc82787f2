import type { Buffer } from 'node:buffer';
import { isDigit } from './number-text.ts';

const ZERO = 48;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const COLON = 58;
const SPACE = 32;
const T = 84;
const Z = 90;

function twoDigits(block: Buffer, at: number): number {
  const [tens, ones] = [block[at], block[at + 1]];
  return isDigit(tens) && isDigit(ones) ? ((tens ?? 0) - ZERO) * 10 + (ones ?? 0) - ZERO : -1;
}

const DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDay(block: Buffer, at: number): boolean {
  const century = twoDigits(block, at);
  const year = century * 100 + twoDigits(block, at + 2);
  const month = twoDigits(block, at + 5);
  const day = twoDigits(block, at + 8);
  if (block[at + 4] !== MINUS || block[at + 7] !== MINUS || century < 0 || year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (DAYS[month] ?? 0) + (leap ? 1 : 0) && twoDigits(block, at + 2) >= 0;
}

/** A day of the calendar, as `2026-02-28`. */
export const isDate = (block: Buffer, start: number, end: number): boolean => end - start === 10 && isDay(block, start);

/** A time as it is written. One object, filled again and again. */
export interface TimeText {
  /** Between day and time: a space or a T. */
  separator: number;
  seconds: boolean;
  /** Digits of the fraction of a second; whether the last one is a zero, and whether all are. */
  digits: number;
  trailing: boolean;
  empty: boolean;
  /** Where the zone begins; the end of the text when there is none. */
  zone: number;
}

export const emptyTime = (): TimeText => ({ separator: 0, seconds: false, digits: 0, trailing: false, empty: true, zone: 0 });

/** End of the time of day at `at`, as `23:59` or `23:59:59.123456`; -1 when there is none. Finer than microseconds is none. */
export function scanClock(block: Buffer, at: number, end: number, into: TimeText): number {
  const [hour, minute] = [twoDigits(block, at), twoDigits(block, at + 3)];
  into.seconds = false;
  into.digits = 0;
  into.trailing = false;
  into.empty = true;
  if (end < at + 5 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || block[at + 2] !== COLON) return -1;
  if (end < at + 8 || block[at + 5] !== COLON) return at + 5;
  const second = twoDigits(block, at + 6);
  if (second < 0 || second > 59) return -1;
  into.seconds = true;
  if (block[at + 8] !== POINT || end < at + 10) return at + 8;
  let stop = at + 9;
  for (; stop < end && stop < at + 15 && isDigit(block[stop]); stop++) if (block[stop] !== ZERO) into.empty = false;
  into.digits = stop - at - 9;
  into.trailing = block[stop - 1] === ZERO;
  return into.digits === 0 ? -1 : stop;
}

/** Whether this is a day and a time, as ISO 8601 and SQL write them, perhaps to the second with `Z` or an offset. */
export function scanTime(block: Buffer, start: number, end: number, into: TimeText): boolean {
  if (end - start < 16 || !isDay(block, start) || (block[start + 10] !== SPACE && block[start + 10] !== T)) return false;
  into.separator = block[start + 10] ?? 0;
  const at = scanClock(block, start + 11, end, into);
  if (at < 0) return false;
  into.zone = at;
  return at === end || (into.seconds && isZone(block, at, end));
}

function isZone(block: Buffer, at: number, end: number): boolean {
  if (block[at] === Z) return at + 1 === end;
  if (block[at] !== PLUS && block[at] !== MINUS) return false;
  const [hours, minutes] = [twoDigits(block, at + 1), twoDigits(block, at + 4)];
  if (hours < 0 || hours > 15) return false;
  return at + 3 === end || (at + 6 === end && block[at + 3] === COLON && minutes >= 0 && minutes <= 59);
}
