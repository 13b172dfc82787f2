import type { SchemaElement } from 'hyparquet';
import type { TextKind } from './carried-types.ts';

type Stored = number | bigint | Uint8Array;

/** A signed number of any length, the highest byte first. */
export function signed(bytes: Uint8Array): bigint {
  const hex = Buffer.from(bytes).toString('hex');
  return hex === '' ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
}

export const whole = (value: Stored): bigint => (value instanceof Uint8Array ? signed(value) : BigInt(value));

export function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return unscaled < 0n ? `-${text}` : text;
}

const [DAY, SECOND] = [86_400_000_000_000n, 1_000_000_000n];

const floor = (value: bigint, by: bigint): bigint => (value - (((value % by) + by) % by)) / by;

function timeText(nanoseconds: bigint): string {
  const seconds = Number(nanoseconds / SECOND);
  const part = (value: number) => String(value).padStart(2, '0');
  return `${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}.${String(nanoseconds % SECOND).padStart(9, '0')}`;
}

/** A day in the calendar that has always been ours, as `2026-01-31`; before the year 1 with a sign, as ISO 8601 has it. */
function dayText(days: bigint): string {
  const z = days + 719_468n;
  const era = floor(z, 146_097n);
  const doe = z - era * 146_097n;
  const yoe = (doe - doe / 1460n + doe / 36_524n - doe / 146_096n) / 365n;
  const doy = doe - (365n * yoe + yoe / 4n - yoe / 100n);
  const mp = (5n * doy + 2n) / 153n;
  const month = mp < 10n ? mp + 3n : mp - 9n;
  const year = yoe + era * 400n + (month <= 2n ? 1n : 0n);
  const text = String(year < 0n ? -year : year).padStart(4, '0');
  return `${year < 0n ? '-' : ''}${text}-${String(month).padStart(2, '0')}-${String(doy - (153n * mp + 2n) / 5n + 1n).padStart(2, '0')}`;
}

const momentText = (value: bigint): string => `${dayText(floor(value, DAY))} ${timeText(value - floor(value, DAY) * DAY)}`;

/** A stored value as text, with all its digits. */
export function textOf(value: Stored, kind: TextKind, element: SchemaElement): string {
  const number = whole(value);
  if (kind === 'decimal') return decimalText(number, element.scale ?? 0);
  if (kind === 'time') return timeText(number);
  return kind === 'instant' ? `${momentText(number)}+00` : momentText(number);
}

/** Whether DuckDB would cut it: all its times but one have microseconds. */
export const isFiner = (value: Stored): boolean => whole(value) % 1000n !== 0n;
