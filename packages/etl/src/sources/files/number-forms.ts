import type { Buffer } from 'node:buffer';
import { type Check, type ExactType, type Forms, giveType } from './forms.ts';
import { givenCheck } from './given-types.ts';
import { COMMA, emptyNumber, isBigint, isNumberLike, isPointed, isShortest, POINT, scanNumber } from './number-text.ts';

/** Widths of DECIMAL that a column gets: what fits 64 bits, what sums of any table fit, and all there is. */
const WIDTHS = [18, 28, 38];
const LONGEST_DECIMAL = 38;

const THOUSANDS = /^\s*[+-]?\d{1,3}(?:,\d{3})+\s*$/;

/** How the numbers of a DOUBLE column are written: as JavaScript prints them, or as Python does. */
type Style = 'shortest' | 'pointed';

const IS_WHOLE = givenCheck('BIGINT', POINT);
const ANY_WITH_COMMA = givenCheck('DOUBLE', COMMA);

export class NumberForms implements Forms {
  readonly #point: number;
  readonly #isAny: Check | null;
  readonly #number = emptyNumber();
  #values = 0;
  #whole = 1;
  #scale = 0;
  #finest = 0;
  #bigint = true;
  #decimal = true;
  #plain = true;
  /** Whether a BIGINT that a person asks for takes all of them, or a DOUBLE: as they are, or with the other decimal sign. */
  #wholes = true;
  #any = true;
  #anyWithComma = true;
  readonly #style = { shortest: true, pointed: true };
  #example: string | null = null;

  constructor(point = POINT) {
    this.#point = point;
    this.#isAny = givenCheck('DOUBLE', point);
  }

  add(block: Buffer, start: number, end: number): boolean {
    const number = this.#number;
    const plain = scanNumber(block, start, end, this.#point, number);
    if (!plain && !isNumberLike(block, start, end)) return false;
    if (plain) {
      if (this.#values === 0) this.#scale = number.scale;
      this.#whole = Math.max(this.#whole, number.whole);
      this.#finest = Math.max(this.#finest, number.scale);
      this.#decimal &&= number.scale === this.#scale && !(number.zero && number.negative);
      this.#bigint &&= number.scale === 0 && (number.whole < 19 || isBigint(block, start, end));
    } else {
      this.#decimal = false;
      this.#plain = false;
      this.#wholes &&= IS_WHOLE?.(block, start, end) ?? true;
      this.#any &&= this.#isAny?.(block, start, end) ?? true;
      this.#anyWithComma &&= ANY_WITH_COMMA?.(block, start, end) ?? true;
    }
    this.#values++;
    const style = this.#style;
    if (style.shortest) style.shortest = isShortest(block, start, end, this.#point, plain ? number : null);
    if (style.pointed) style.pointed = isPointed(block, start, end, this.#point, plain ? number : null);
    const isTooLong = plain && Math.max(this.#whole, number.whole) + number.scale > LONGEST_DECIMAL;
    if (this.#example === null && !style.shortest && !style.pointed && (isTooLong || !this.#decimal))
      this.#example = block.toString('utf8', start, end);
    return true;
  }

  exact(): ExactType | null {
    if (this.#values === 0) return null;
    if (this.#decimal && this.#scale === 0 && this.#bigint) return { type: 'BIGINT', type_args: {} };
    const width = WIDTHS.find((digits) => digits >= this.#whole + this.#scale);
    if (this.#decimal && width !== undefined) return { type: `DECIMAL(${width},${this.#scale})`, type_args: {} };
    const written = (['shortest', 'pointed'] as const).find((style) => this.#style[style]);
    return written ? { type: 'DOUBLE', type_args: { written } } : null;
  }

  inexact(): ReturnType<Forms['inexact']> {
    if (this.#values === 0 || this.exact()) return null;
    return { example: this.#example ?? '', called: 'numbers', advice: this.#advice() };
  }

  /** True of all values, and not of the one that is shown alone. */
  #advice(): string {
    if (this.#any) return giveType(this.#wanted());
    if (this.#point !== POINT || !this.#anyWithComma) return 'Thousands separators are not read.';
    // `1,234` may be either.
    return THOUSANDS.test(this.#example ?? '')
      ? 'If the comma is the decimal sign, decimal "," loads them.'
      : 'In CSV, decimal "," loads them as numbers.';
  }

  #wanted(): string {
    if (this.#finest === 0 && this.#wholes && this.#whole < 19) return 'BIGINT';
    const width = WIDTHS.find((digits) => digits >= this.#whole + this.#finest);
    return this.#plain && width ? `DECIMAL(${width},${this.#finest})` : 'DOUBLE';
  }
}

/** Numbers of a planned DECIMAL: all with the same decimals, and no zero of the other sign. */
export function isDecimal(width: number, scale: number, point: number): Check {
  const number = emptyNumber();
  return (block, start, end) =>
    scanNumber(block, start, end, point, number) && number.scale === scale && number.whole <= width - scale && !(number.zero && number.negative);
}

/** Numbers of a planned DOUBLE, all written in one style. */
export function isDouble(written: Style, point: number): Check {
  const number = emptyNumber();
  const keeps = written === 'shortest' ? isShortest : isPointed;
  return (block, start, end) => {
    if (scanNumber(block, start, end, point, number)) return keeps(block, start, end, point, number);
    return isNumberLike(block, start, end) && keeps(block, start, end, point, null);
  };
}
