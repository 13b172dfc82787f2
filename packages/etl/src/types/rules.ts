import type { ShapeName } from './shapes.ts';

/**
 * The types table: how values of each rule are summed. What a rule feeds into its shape, and how it writes a value in the text of a row,
 * is in the rules of each engine.
 */
export const SHAPE_OF = {
  integer: 'number',
  oid: 'number',
  /** Up to 28 digits: the sum of ten billion values still fits into 38. */
  decimal: 'number',
  wide_decimal: 'digest',
  money: 'number',
  float4: 'number',
  float8: 'number',
  bool: 'number',
  date: 'number',
  timestamp: 'number',
  timestamptz: 'number',
  time: 'number',
  timetz: 'digest',
  interval: 'digest',
  text: 'text',
  bpchar: 'padded',
  bytea: 'blob',
  uuid: 'uuid',
  bit: 'digest',
  json: 'digest',
  jsonb: 'digest',
  inet: 'digest',
  composite: 'digest',
  array: 'digest',
  other: 'digest',
} as const satisfies Record<string, ShapeName>;

export type RuleName = keyof typeof SHAPE_OF;

const isRuleName = (type: string): type is RuleName => Object.hasOwn(SHAPE_OF, type);

/** Digits of a decimal whose sum cannot overflow. */
export const NARROW_DECIMAL = 28;

const NAMED: { readonly [type: string]: RuleName } = {
  FLOAT: 'float4',
  DOUBLE: 'float8',
  BOOLEAN: 'bool',
  DATE: 'date',
  TIME: 'time',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamptz',
  TIMESTAMPTZ: 'timestamptz',
  VARCHAR: 'text',
  BLOB: 'bytea',
  UUID: 'uuid',
};

/** The rule of a planned column: by its name, or by that of a neutral type, which plans of files carry. */
export function ruleNameOf(type: string): RuleName {
  if (isRuleName(type)) return type;
  const name = type.toUpperCase();
  if (/^U?(TINYINT|SMALLINT|INTEGER|BIGINT)$/.test(name)) return 'integer';
  const decimal = /^DECIMAL\((\d+),/.exec(name);
  if (decimal) return Number(decimal[1]) <= NARROW_DECIMAL ? 'decimal' : 'wide_decimal';
  return NAMED[name] ?? 'other';
}
