import type { Buffer } from 'node:buffer';

/** Whether the value in these bytes of a block has some property. */
export type Check = (block: Buffer, start: number, end: number) => boolean;

const ZERO = 48;
const NINE = 57;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const COLON = 58;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;

const MAX_BIGINT = '9223372036854775807';

/** A whole number as a BIGINT prints it: no sign but a minus, no zero in front, in its range. */
export const isBigint: Check = (block, start, end) => {
  const negative = block[start] === MINUS;
  const from = negative ? start + 1 : start;
  const digits = end - from;
  if (digits < 1 || digits > 19) return false;
  if (block[from] === ZERO) return digits === 1 && !negative;
  for (let at = from; at < end; at++) if (!isDigit(block[at])) return false;
  if (digits < 19) return true;
  const text = block.toString('latin1', from, end);
  return text <= MAX_BIGINT || (negative && text === '9223372036854775808');
};

/** Any number with at most this many digits comes back from a DOUBLE as it was. */
const EXACT_DIGITS = 15;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const SMALLEST_NORMAL = 2.2250738585072014e-308;

/** A number that a DOUBLE gives back as it was written, up to zeros at its end. */
export const isDouble: Check = (block, start, end) => {
  let at = block[start] === MINUS ? start + 1 : start;
  if (block[at] === ZERO && isDigit(block[at + 1])) return false;
  let digits = 0;
  let point = -1;
  for (; at < end; at++) {
    const byte = block[at];
    if (isDigit(byte)) {
      if (digits > 0 || byte !== ZERO) digits++;
    } else if (byte === POINT && point < 0 && isDigit(block[at - 1]) && at > start && at + 1 < end) point = at;
    else return isUnusualDouble(block.toString('latin1', start, end));
  }
  if (digits > EXACT_DIGITS) return isUnusualDouble(block.toString('latin1', start, end));
  return isDigit(block[end - 1]);
};

/** With an exponent, or with many digits: kept when the shortest text of the DOUBLE is this number. */
function isUnusualDouble(text: string): boolean {
  if (!NUMBER.test(text)) return false;
  const value = Number(text);
  if (!Number.isFinite(value)) return false;
  const [mantissa = ''] = text.split(/[eE]/, 1);
  const digits = mantissa.replace(/[-.]/g, '').replace(/^0+/, '');
  if (digits === '') return true;
  if (Math.abs(value) < SMALLEST_NORMAL) return false;
  return digits.length <= EXACT_DIGITS || significant(text) === significant(value.toExponential());
}

/** Digits and power of ten of a number's text, so that two texts of one number are equal. */
function significant(text: string): string {
  const [mantissa = '', exponent = '0'] = text.split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  return `${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
}

/**
 * Numbers that may be names: `00501`, `+49`, `12E5`. One of them in a column is enough to keep it as text, since its other values
 * may be the same kind of name by chance without a zero in front.
 */
export const isNameLike: Check = (block, start, end) => {
  const first = block[start];
  if (first === PLUS) return isDigit(block[start + 1]);
  const from = first === MINUS ? start + 1 : start;
  if (!isDigit(block[from])) return false;
  if (block[from] === ZERO && isDigit(block[from + 1])) return true;
  return end - from < 20 && /^\d+[eE]\d+$/.test(block.toString('latin1', from, end));
};

const BOOLEANS = new Set(['true', 'false', 'True', 'False', 'TRUE', 'FALSE']);

export const isBoolean: Check = (block, start, end) => end - start >= 4 && end - start <= 5 && BOOLEANS.has(block.toString('latin1', start, end));

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
export const isDate: Check = (block, start, end) => end - start === 10 && isDay(block, start);

/** End of the time of day at `at`, as `23:59` or `23:59:59.123456`; -1 when there is none. Finer than microseconds is none. */
function timeEnd(block: Buffer, at: number, end: number): number {
  const [hour, minute] = [twoDigits(block, at), twoDigits(block, at + 3)];
  if (end < at + 5 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || block[at + 2] !== COLON) return -1;
  if (end < at + 8 || block[at + 5] !== COLON) return at + 5;
  const second = twoDigits(block, at + 6);
  if (second < 0 || second > 59) return -1;
  if (block[at + 8] !== POINT || end < at + 10) return at + 8;
  let stop = at + 9;
  while (stop < end && stop < at + 15 && isDigit(block[stop])) stop++;
  return stop === at + 9 ? -1 : stop;
}

const SPACE = 32;
const T = 84;
const Z = 90;

function timestampEnd(block: Buffer, start: number, end: number): number {
  if (end - start < 16 || !isDay(block, start) || (block[start + 10] !== SPACE && block[start + 10] !== T)) return -1;
  return timeEnd(block, start + 11, end);
}

/** A day and a time without a zone, as ISO 8601 and SQL write them. */
export const isTimestamp: Check = (block, start, end) => timestampEnd(block, start, end) === end;

/** A day and a time to the second with `Z` or an offset: an instant. */
export const isInstant: Check = (block, start, end) => {
  const at = timestampEnd(block, start, end);
  if (at < start + 19) return false;
  if (block[at] === Z) return at + 1 === end;
  if (block[at] !== PLUS && block[at] !== MINUS) return false;
  const [hours, minutes] = [twoDigits(block, at + 1), twoDigits(block, at + 4)];
  if (hours < 0 || hours > 15) return false;
  return at + 3 === end || (at + 6 === end && block[at + 3] === COLON && minutes >= 0 && minutes <= 59);
};
