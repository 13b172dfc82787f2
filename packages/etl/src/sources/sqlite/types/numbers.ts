const view = new DataView(new ArrayBuffer(8));

/** The 64 bits of a float, as a whole number; those of 0 for either zero. */
export function bitsOf(value: number): bigint {
  view.setFloat64(0, value + 0);
  return view.getBigInt64(0);
}

/** Whole numbers up to here are floats without a loss. */
const LARGEST_WHOLE = 2n ** 53n;

export const asFloat = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'bigint' || value > LARGEST_WHOLE || value < -LARGEST_WHOLE) return undefined;
  return Number(value);
};

/** DuckDB reads the texts of smaller ones to the wrong bits. */
const SMALLEST_NORMAL = 2.2250738585072014e-308;

export const isTiny = (value: unknown): boolean => typeof value === 'number' && value !== 0 && Math.abs(value) < SMALLEST_NORMAL;

/** So many digits come back from a float as they were. */
export const EXACT_DIGITS = 15;

/** A number with so many digits, as a whole number of its last decimal; undefined for one that has more. */
export function unscaled(value: unknown, precision: number, scale: number): bigint | undefined {
  const float = asFloat(value);
  if (float === undefined) return undefined;
  const whole = Math.round(float * 10 ** scale);
  // Both are exact, so this is the float that is nearest to the decimal.
  return Math.abs(whole) < 10 ** precision && whole / 10 ** scale === float ? BigInt(whole) : undefined;
}

/** As SQL writes a decimal. */
export function withPoint(unscaled: bigint, scale: number): string {
  if (scale === 0) return String(unscaled);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** As DuckDB writes a float: `2.0`, `2.5`, `1e-07`. */
export function duckdbFloat(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [mantissa = '', power = '0'] = (value + 0).toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= 16 || exponent < -4) return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  const text = String(value + 0);
  return text.includes('.') ? text : `${text}.0`;
}
