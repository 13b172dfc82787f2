import { isObject } from '../lib/json.ts';

/** A keyword of JSON Schema: which values of its own it takes, and when it holds for a value. */
interface Keyword {
  readonly takes: (limit: unknown, readable: (schema: unknown) => boolean) => boolean;
  readonly holds: (limit: never, value: unknown, fits: (schema: unknown, value: unknown) => boolean, schema: Record<string, unknown>) => boolean;
}

const TYPES: { readonly [name: string]: (value: unknown) => boolean } = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

const isScalar = (value: unknown) => typeof value !== 'object' || value === null;
const isText = (value: unknown) => typeof value === 'string';
const isFlag = (value: unknown) => typeof value === 'boolean';
const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
const isTypeName = (name: unknown) => isText(name) && Object.hasOwn(TYPES, name as string);
const isUnique = (list: readonly unknown[]) => new Set(list).size === list.length;

const note = (takes: (value: unknown) => boolean): Keyword => ({ takes, holds: () => true });
const bound = (holds: (limit: number, value: number) => boolean): Keyword => ({
  takes: Number.isFinite,
  holds: (limit: number, value) => typeof value !== 'number' || holds(limit, value),
});
const count = <T>(of: (value: unknown) => T | undefined, size: (value: T) => number, holds: (limit: number, size: number) => boolean): Keyword => ({
  takes: isCount,
  holds: (limit: number, value) => {
    const counted = of(value);
    return counted === undefined || holds(limit, size(counted));
  },
});
const asText = (value: unknown) => (typeof value === 'string' ? value : undefined);
const asList = (value: unknown) => (Array.isArray(value) ? (value as unknown[]) : undefined);
const characters = (text: string) => [...text].length;
const atLeast = (limit: number, size: number) => size >= limit;
const atMost = (limit: number, size: number) => size <= limit;
const someSchemas: Keyword['takes'] = (limit, readable) => Array.isArray(limit) && limit.length > 0 && limit.every(readable);

/** The dialects in which every keyword of the table means the same. */
const DIALECTS = ['https://json-schema.org/draft/2020-12/schema', 'http://json-schema.org/draft-07/schema#'];

const KEYWORDS: { readonly [name: string]: Keyword } = {
  $schema: note((value) => DIALECTS.includes(value as string)),
  title: note(isText),
  description: note(isText),
  default: note(() => true),
  examples: note(Array.isArray),
  deprecated: note(isFlag),
  readOnly: note(isFlag),
  writeOnly: note(isFlag),
  /** Where Prefect's form shows the parameter. */
  position: note(isCount),
  type: {
    takes: (limit) => isTypeName(limit) || (Array.isArray(limit) && limit.length > 0 && limit.every(isTypeName) && isUnique(limit)),
    holds: (limit: string | string[], value) => [limit].flat().some((name) => TYPES[name]?.(value)),
  },
  enum: {
    takes: (limit) => Array.isArray(limit) && limit.length > 0 && limit.every(isScalar) && isUnique(limit),
    holds: (limit: unknown[], value) => limit.includes(value),
  },
  const: { takes: isScalar, holds: (limit: unknown, value) => limit === value },
  minimum: bound((limit, value) => value >= limit),
  maximum: bound((limit, value) => value <= limit),
  exclusiveMinimum: bound((limit, value) => value > limit),
  exclusiveMaximum: bound((limit, value) => value < limit),
  minLength: count(asText, characters, atLeast),
  maxLength: count(asText, characters, atMost),
  minItems: count(asList, (list) => list.length, atLeast),
  maxItems: count(asList, (list) => list.length, atMost),
  required: {
    takes: (limit) => Array.isArray(limit) && limit.every(isText) && isUnique(limit),
    holds: (limit: string[], value) => !isObject(value) || limit.every((name) => Object.hasOwn(value, name)),
  },
  properties: {
    takes: (limit, readable) => isObject(limit) && Object.values(limit).every(readable),
    holds: (limit: Record<string, unknown>, value, fits) =>
      !isObject(value) || Object.entries(limit).every(([name, inner]) => !Object.hasOwn(value, name) || fits(inner, value[name])),
  },
  additionalProperties: {
    takes: (limit, readable) => readable(limit),
    holds: (limit: unknown, value, fits, { properties }) =>
      !isObject(value) ||
      Object.entries(value).every(([name, inner]) => (isObject(properties) && Object.hasOwn(properties, name)) || fits(limit, inner)),
  },
  items: {
    takes: (limit, readable) => readable(limit),
    holds: (limit: unknown, value, fits) => !Array.isArray(value) || value.every((inner) => fits(limit, inner)),
  },
  allOf: { takes: someSchemas, holds: (limit: unknown[], value, fits) => limit.every((inner) => fits(inner, value)) },
  anyOf: { takes: someSchemas, holds: (limit: unknown[], value, fits) => limit.some((inner) => fits(inner, value)) },
};

/** Only so much of a schema and a value is looked at: a fraction of a millisecond. */
const STEPS = 2000;

/** A function that can be called only so often. */
function counted(): () => boolean {
  let left = STEPS;
  return () => left-- > 0;
}

/** Whether every validator accepts this schema, judged by the keywords above alone; false means that it is not known. */
export function isSimpleSchema(schema: unknown): boolean {
  const more = counted();
  const readable = (inner: unknown): boolean => {
    if (!more()) return false;
    if (typeof inner === 'boolean') return true;
    return isObject(inner) && Object.entries(inner).every(([name, limit]) => own(name)?.takes(limit, readable) ?? false);
  };
  return isObject(schema) && readable(schema);
}

/**
 * Whether the value surely fits a simple schema; false means that it may or may not, and a validator has to look. What clients write
 * as a schema can cost any time: this costs a fixed number of steps, so it may run where leases are kept alive.
 */
export function surelyFits(schema: unknown, value: unknown): boolean {
  const more = counted();
  const fits = (inner: unknown, part: unknown): boolean => {
    if (!more()) return false;
    if (typeof inner === 'boolean') return inner;
    return isObject(inner) && Object.entries(inner).every(([name, limit]) => own(name)?.holds(limit as never, part, fits, inner) ?? false);
  };
  return isSimpleSchema(schema) && fits(schema, value);
}

const own = (name: string): Keyword | undefined => (Object.hasOwn(KEYWORDS, name) ? KEYWORDS[name] : undefined);
