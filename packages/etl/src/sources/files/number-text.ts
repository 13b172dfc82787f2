import type { Buffer } from 'node:buffer';

const ZERO = 48;
const NINE = 57;
const MINUS = 45;
export const POINT = 46;
export const COMMA = 44;

/** The byte before decimals. */
export const pointOf = (sign: '.' | ','): number => (sign === ',' ? COMMA : POINT);

export const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;

/** A number as it is written. One object, filled again and again. */
export interface NumberText {
  /** Digits before and behind the point. */
  whole: number;
  scale: number;
  negative: boolean;
  zero: boolean;
  /** Digits from the first one that is not zero. */
  significant: number;
  /** Zeros between the point and the first other digit, where nothing but zero stands before the point. */
  leading: number;
  /** The last digit behind the point is a zero. */
  trailing: boolean;
}

export const emptyNumber = (): NumberText => ({ whole: 0, scale: 0, negative: false, zero: true, significant: 0, leading: 0, trailing: false });

/** Whether these bytes are a plain number, such as `-12.50`: no plus, no zero in front, digits on both sides of the point, no exponent. */
export function scanNumber(block: Buffer, start: number, end: number, point: number, into: NumberText): boolean {
  const negative = block[start] === MINUS;
  const from = negative ? start + 1 : start;
  if (from === end || !isDigit(block[from])) return false;
  if (block[from] === ZERO && isDigit(block[from + 1]) && from + 1 < end) return false;
  let dot = -1;
  let first = -1;
  for (let at = from; at < end; at++) {
    const byte = block[at];
    if (byte === point && dot < 0) dot = at;
    else if (!isDigit(byte)) return false;
    else if (byte !== ZERO && first < 0) first = at;
  }
  if (dot === end - 1) return false;
  into.negative = negative;
  into.whole = (dot < 0 ? end : dot) - from;
  into.scale = dot < 0 ? 0 : end - dot - 1;
  into.zero = first < 0;
  into.significant = first < 0 ? 0 : end - first - (dot > first ? 1 : 0);
  into.leading = first > dot && dot >= 0 ? first - dot - 1 : 0;
  into.trailing = dot >= 0 && block[end - 1] === ZERO;
  return true;
}

const MAX_BIGINT = '9223372036854775807';

/** A whole number as a BIGINT prints it: no sign but a minus, no zero in front, in its range. */
export function isBigint(block: Buffer, start: number, end: number): boolean {
  const negative = block[start] === MINUS;
  const from = negative ? start + 1 : start;
  const digits = end - from;
  if (digits < 1 || digits > 19) return false;
  if (block[from] === ZERO) return digits === 1 && !negative;
  for (let at = from; at < end; at++) if (!isDigit(block[at])) return false;
  if (digits < 19) return true;
  const text = block.toString('latin1', from, end);
  return text <= MAX_BIGINT || (negative && text === '9223372036854775808');
}

/** So many digits come back from a DOUBLE as they were, whatever they are. */
const EXACT_DIGITS = 15;

/** DuckDB reads smaller ones to the wrong bits. */
const SMALLEST_NORMAL = 2.2250738585072014e-308;

/** The DOUBLE that a text stands for; null when it is none that is read and kept. */
function doubleOf(block: Buffer, start: number, end: number, point: number): { text: string; value: number } | null {
  const written = block.toString('latin1', start, end);
  const text = point === POINT ? written : written.replace(',', '.');
  const value = Number(text);
  if (!Number.isFinite(value) || (value !== 0 && Math.abs(value) < SMALLEST_NORMAL) || Object.is(value, -0)) return null;
  return { text, value };
}

/** As JavaScript, and many another, prints a number: `2`, `2.5`, `1e-7`. A zero of the other sign is none: it would come back as `0`. */
export function isShortest(block: Buffer, start: number, end: number, point: number, number: NumberText | null): boolean {
  if (number?.trailing || (number?.zero && number.negative)) return false;
  if (number && number.significant <= EXACT_DIGITS && number.whole <= EXACT_DIGITS && number.leading <= 5) return true;
  const double = doubleOf(block, start, end, point);
  return double !== null && String(double.value) === double.text;
}

/** As Python and DuckDB print a DOUBLE: `2.0`, `2.5`, `1e-07`. */
export function isPointed(block: Buffer, start: number, end: number, point: number, number: NumberText | null): boolean {
  if (number && (number.scale === 0 || (number.trailing && number.scale > 1) || (number.zero && number.negative))) return false;
  if (number && number.significant <= EXACT_DIGITS && number.whole <= EXACT_DIGITS && number.leading <= 3) return true;
  const double = doubleOf(block, start, end, point);
  return double !== null && pointed(double.value) === double.text;
}

function pointed(value: number): string {
  const [mantissa = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= 16 || exponent < -4) return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  // Up to here JavaScript has no exponent either.
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}

/** What a person would call a number, however it is written: `+1`, `007`, `1e5`, `1_000`, `1,234.5`, ` 1`, `.5`, `NaN`. */
const NUMBER_LIKE = /^\s*[+-]?(?:\d[\d_',]*(?:\.\d*)?|\.\d+|nan|inf(?:inity)?)(?:e[+-]?\d+)?\s*$/i;
/** As much of the world writes one, with or without signs between thousands. */
const DECIMAL_COMMA = /^\s*[+-]?\d[\d.' ]*,\d+\s*$/;

/** The longest text that is looked at. */
const LONGEST = 80;

export function isNumberLike(block: Buffer, start: number, end: number): boolean {
  if (end - start > LONGEST) return false;
  const text = block.toString('latin1', start, end);
  return NUMBER_LIKE.test(text) || DECIMAL_COMMA.test(text);
}
