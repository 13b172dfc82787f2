interface Layout {
  /** Bits of the fraction, and the exponent of the smallest normal number. */
  readonly fraction: number;
  readonly least: number;
  /** What the sign takes off: 2^63 or 2^31, as a sum that no integer of MySQL overflows in. */
  readonly sign: string;
}

const LAYOUTS = {
  32: { fraction: 23, least: -126, sign: '- 2147483648' },
  64: { fraction: 52, least: -1022, sign: '- 9223372036854775807 - 1' },
} as const satisfies { readonly [bits: number]: Layout };

/**
 * The bits of a float as a signed whole number, in SQL: MySQL has no function for them. A power of two makes a whole number of the
 * fraction, exactly; the logarithm may be one off beside a power of two, which is seen and mended. Zero has the bits of 0.
 */
export function floatBits(bits: 32 | 64): (column: string) => string {
  const { fraction, least, sign } = LAYOUTS[bits];
  const one = String(2n ** BigInt(fraction));
  const two = String(2n ** BigInt(fraction + 1));
  return (column) => {
    const size = `abs(${column} + 0e0)`;
    const power = `greatest(floor(log2(${size})), ${least})`;
    // In two steps: 2^1074 is no float.
    const whole = `(${size} * pow(2, ${fraction - 60} - ${power}) * pow(2, 60))`;
    const at = (shift: number, value: string) => `cast(${power} + ${shift - least} as signed) * ${one} + cast(${value} - ${one} as signed)`;
    const positive = [
      `when ${whole} < ${one} and ${power} > ${least} then ${at(0, `${whole} * 2`)}`,
      `when ${whole} < ${one} then cast(${whole} as signed)`,
      `when ${whole} >= ${two} then ${at(2, `${whole} / 2`)}`,
      `else ${at(1, whole)}`,
    ].join(' ');
    const magnitude = `case ${positive} end`;
    return `case when ${column} = 0 then 0 when ${column} < 0 then (${magnitude}) ${sign} else (${magnitude}) end`;
  };
}
