import type { JsonObject } from '@sluice/core/lib/json';
import { NARROW_DECIMAL, type RuleName } from '../../../types/rules.ts';

/** A type as PostgreSQL's catalog has it. */
export interface PostgresType {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** b: base, c: composite, d: domain, e: enum, m: multirange, p: pseudo, r: range. */
  readonly kind: string;
  /** Of a domain. */
  readonly base: number;
  readonly base_modifier: number;
  /** Of a domain over an array, as it was declared; 0 where nobody did. */
  readonly dimensions: number;
  /** Of an array; 0 otherwise. */
  readonly element: number;
}

/** What becomes of a column of some type. */
export interface Carrier {
  readonly type: RuleName;
  readonly type_args: JsonObject;
  readonly neutral_type: string;
  /** The type is one that DuckDB has not: its text is kept. */
  readonly as_text?: boolean;
}

const carrier = (type: RuleName, neutral_type: string, type_args: JsonObject = {}): Carrier => ({ type, type_args, neutral_type });

const AS_TEXT: Carrier = { type: 'other', type_args: {}, neutral_type: 'VARCHAR', as_text: true };

/** Types of `pg_catalog` that become more than a text. */
const BUILT_IN: { readonly [name: string]: Carrier } = {
  int2: carrier('integer', 'SMALLINT'),
  int4: carrier('integer', 'INTEGER'),
  int8: carrier('integer', 'BIGINT'),
  oid: carrier('oid', 'UINTEGER'),
  bool: carrier('bool', 'BOOLEAN'),
  float4: carrier('float4', 'FLOAT'),
  float8: carrier('float8', 'DOUBLE'),
  text: carrier('text', 'VARCHAR'),
  varchar: carrier('text', 'VARCHAR'),
  name: carrier('text', 'VARCHAR'),
  char: carrier('text', 'VARCHAR'),
  bpchar: carrier('bpchar', 'VARCHAR'),
  bytea: carrier('bytea', 'BLOB'),
  date: carrier('date', 'DATE'),
  time: carrier('time', 'TIME'),
  timetz: carrier('timetz', 'TIMETZ'),
  timestamp: carrier('timestamp', 'TIMESTAMP'),
  timestamptz: carrier('timestamptz', 'TIMESTAMPTZ'),
  interval: carrier('interval', 'INTERVAL'),
  uuid: carrier('uuid', 'UUID'),
  json: carrier('json', 'JSON'),
  jsonb: carrier('jsonb', 'JSON'),
  bit: carrier('bit', 'BIT'),
  inet: { ...carrier('inet', 'VARCHAR'), as_text: true },
};

/** Digits of a DECIMAL. */
const DIGITS = 38;

/** A number of any size: only its values say whether a DECIMAL holds them. Until then it is a text. */
const UNMEASURED: Carrier = carrier('other', 'VARCHAR', { unmeasured: true });

/** Resolves types through domains and arrays. `money_scale` is a setting of the server: `lc_monetary`. */
export class TypeResolver {
  readonly #types: ReadonlyMap<number, PostgresType>;
  readonly #moneyScale: number;

  constructor(types: readonly PostgresType[], moneyScale: number) {
    this.#types = new Map(types.map((type) => [type.oid, type]));
    this.#moneyScale = moneyScale;
  }

  /** Whether values are arrays, through domains too. */
  isArray(oid: number): boolean {
    return (this.#base(oid)?.element ?? 0) !== 0;
  }

  /** As a domain over arrays declares them; 0 where nobody does. */
  dimensionsOf(oid: number): number {
    const type = this.#types.get(oid);
    return type?.kind === 'd' ? type.dimensions || this.dimensionsOf(type.base) : 0;
  }

  /** What a domain is over in the end. */
  #base(oid: number): PostgresType | undefined {
    const type = this.#types.get(oid);
    return type?.kind === 'd' ? this.#base(type.base) : type;
  }

  /** `depth` is the number of dimensions of an array. Undefined for a type that no value can be read of. */
  resolve(oid: number, modifier: number, depth: number): Carrier | undefined {
    const type = this.#types.get(oid);
    if (!type || type.kind === 'p') return undefined;
    if (type.kind === 'd') return this.resolve(type.base, type.base_modifier, depth);
    if (type.element !== 0) return this.#array(type.element, modifier, depth);
    if (type.kind === 'c') return carrier('composite', 'JSON');
    if (type.kind === 'e') return carrier('text', 'VARCHAR');
    if (type.schema !== 'pg_catalog') return AS_TEXT;
    if (type.name === 'numeric') return numeric(modifier);
    if (type.name === 'money') return carrier('money', `DECIMAL(19,${this.#moneyScale})`);
    return BUILT_IN[type.name] ?? AS_TEXT;
  }

  /** An array of something that has arrays in it, a domain over one, say, is JSON as a composite is. */
  #array(elementOid: number, modifier: number, depth: number): Carrier | undefined {
    const element = this.resolve(elementOid, modifier, 1);
    if (!element) return undefined;
    if (element.type === 'composite' || element.type === 'array') return carrier('composite', 'JSON');
    const { type, neutral_type, type_args, as_text = false } = NOT_IN_LISTS.has(element.type) ? AS_TEXT : element;
    const args = { element: type, element_args: type_args, element_type: neutral_type, depth };
    return { ...carrier('array', neutral_type + '[]'.repeat(depth), args), as_text };
  }
}

/** Rules whose text in an array is not the one that COPY writes for a column, or becomes their type in the warehouse only. */
const NOT_IN_LISTS = new Set<RuleName>(['money', 'timetz', 'interval', 'bit']);

/**
 * Precision and scale are packed into the modifier; the scale may be negative, or greater than the precision. There is room for a digit
 * before the point: without it DuckDB writes `.5`, which is another text.
 */
function numeric(modifier: number): Carrier {
  if (modifier < 0) return UNMEASURED;
  const precision = ((modifier - 4) >> 16) & 0xffff;
  const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
  const width = Math.max(precision - Math.min(scale, 0), scale + 1);
  if (width > DIGITS) return UNMEASURED;
  return carrier(width <= NARROW_DECIMAL ? 'decimal' : 'wide_decimal', `DECIMAL(${width},${Math.max(scale, 0)})`);
}

/** Widths of DECIMAL that a measured column gets: the narrowest would be another one at each load. */
const WIDTHS = [18, NARROW_DECIMAL, DIGITS];

/**
 * A DECIMAL for numbers with so many digits before the point and behind it; undefined where there is none. Behind the point stand as
 * many as were written where that is narrow, and otherwise as many as are `needed`: a division writes twenty.
 */
export function measuredDecimal(before: number, written: number, needed: number): Carrier | undefined {
  const whole = Math.max(before, 1);
  const scale = whole + written <= 18 ? written : needed;
  const width = WIDTHS.find((each) => each >= whole + scale);
  if (width === undefined) return undefined;
  return carrier(width <= NARROW_DECIMAL ? 'decimal' : 'wide_decimal', `DECIMAL(${width},${scale})`, { width, scale });
}
