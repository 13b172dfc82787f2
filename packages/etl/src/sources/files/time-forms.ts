import type { Buffer } from 'node:buffer';
import type { JsonObject } from '@sluice/core/lib/json';
import { type Check, type ExactType, type Forms, giveType } from './forms.ts';
import { emptyTime, isDate, scanTime, type TimeText } from './time-text.ts';

/** How fractions of seconds are written: always so many digits, without zeros at the end, or six digits and none for a whole second. */
type Fraction = number | 'shortest' | 'micro';

/** How all times of a column are written: two that differ in this could be one moment. */
interface TimeStyle {
  readonly separator: string;
  readonly seconds: boolean;
  readonly zone: string;
  readonly fraction: Fraction;
}

const MICRO = 6;

function hasFraction({ digits, trailing, empty }: TimeText, fraction: Fraction): boolean {
  if (fraction === 'shortest') return !trailing;
  if (fraction === 'micro') return digits === 0 || (digits === MICRO && !empty);
  return digits === fraction;
}

export class TimeForms implements Forms {
  readonly #time = emptyTime();
  #dates = 0;
  #times = 0;
  #style: Omit<TimeStyle, 'fraction'> = { separator: '', seconds: false, zone: '' };
  #fractions: Fraction[] = [];
  #example: string | null = null;

  add(block: Buffer, start: number, end: number): boolean {
    if (isDate(block, start, end)) this.#dates++;
    else if (scanTime(block, start, end, this.#time)) this.#addTime(block, end);
    else return false;
    if (this.#example === null && this.#times > 0 && (this.#dates > 0 || this.#fractions.length === 0))
      this.#example = block.toString('utf8', start, end);
    return true;
  }

  #addTime(block: Buffer, end: number): void {
    const time = this.#time;
    if (this.#times++ === 0) {
      this.#style = { separator: String.fromCharCode(time.separator), seconds: time.seconds, zone: block.toString('latin1', time.zone, end) };
      this.#fractions = [time.digits, 'shortest', 'micro'];
    }
    if (!isStyled(block, end, time, this.#style)) this.#fractions = [];
    if (!this.#fractions.every((fraction) => hasFraction(time, fraction)))
      this.#fractions = this.#fractions.filter((fraction) => hasFraction(time, fraction));
  }

  exact(): ExactType | null {
    if (this.#dates > 0) return this.#times > 0 ? null : { type: 'DATE', type_args: {} };
    const [fraction] = this.#fractions;
    if (fraction === undefined) return null;
    const type_args: JsonObject = { ...this.#style, fraction };
    return { type: this.#style.zone ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP', type_args };
  }

  inexact(): ReturnType<Forms['inexact']> {
    if (this.#example === null) return null;
    return { example: this.#example, called: 'times', advice: giveType(this.#style.zone ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP') };
  }
}

const isStyled = (block: Buffer, end: number, { separator, seconds, zone: at }: TimeText, style: Omit<TimeStyle, 'fraction'>): boolean =>
  separator === style.separator.charCodeAt(0) && seconds === style.seconds && isZone(block, at, end, style.zone);

function isZone(block: Buffer, start: number, end: number, zone: string): boolean {
  if (end - start !== zone.length) return false;
  for (let at = 0; at < zone.length; at++) if (block[start + at] !== zone.charCodeAt(at)) return false;
  return true;
}

/** Times of a planned column: written as those that it was planned by. */
export function isTime(args: JsonObject): Check {
  const time = emptyTime();
  const style = args as unknown as TimeStyle;
  return (block, start, end) => scanTime(block, start, end, time) && isStyled(block, end, time, style) && hasFraction(time, style.fraction);
}
