import { isObject } from '@sluice/core/lib/json';

/** A kind of JSON value, in the words of JSON Schema. */
export type Kind = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object';

/** Deeper references go round in a circle: whatever they say, anything is taken. */
const DEEPEST = 20;

export function kindOf(value: unknown): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : (typeof value as Kind);
}

/** The kinds of value that a JSON schema takes; undefined when it takes any, or does not say. `root` is what its references look into. */
export function kindsOf(schema: unknown, root: unknown, depth = 0): ReadonlySet<Kind> | undefined {
  if (!isObject(schema) || depth > DEEPEST) return undefined;
  const { type, enum: values, $ref, anyOf, oneOf, allOf } = schema;
  const all = [
    typeof type === 'string' || Array.isArray(type) ? new Set([type].flat() as Kind[]) : undefined,
    'const' in schema ? new Set([kindOf(schema['const'])]) : undefined,
    Array.isArray(values) ? new Set(values.map(kindOf)) : undefined,
    typeof $ref === 'string' ? kindsOf(resolve($ref, root), root, depth + 1) : undefined,
    ...[anyOf, oneOf].map((some) => (Array.isArray(some) ? union(some.map((each) => kindsOf(each, root, depth + 1))) : undefined)),
    ...(Array.isArray(allOf) ? allOf.map((each) => kindsOf(each, root, depth + 1)) : []),
  ].filter((kinds) => kinds !== undefined);
  return all.length === 0 ? undefined : all.reduce(both);
}

const union = (all: readonly (ReadonlySet<Kind> | undefined)[]): ReadonlySet<Kind> | undefined =>
  all.some((kinds) => kinds === undefined) ? undefined : new Set(all.flatMap((kinds) => [...(kinds ?? [])]));

/** An integer is a number. */
const takes = (kinds: ReadonlySet<Kind>, kind: Kind) => kinds.has(kind) || (kind === 'integer' && kinds.has('number'));

const both = (a: ReadonlySet<Kind>, b: ReadonlySet<Kind>): ReadonlySet<Kind> =>
  new Set([...[...a].filter((kind) => takes(b, kind)), ...[...b].filter((kind) => takes(a, kind))]);

/** Whether a value of this kind may stand there. */
export const isTaken = (kinds: ReadonlySet<Kind> | undefined, kind: Kind): boolean => kinds === undefined || takes(kinds, kind);

/** The schema of what stands in an object under a name, or in an array at a place. */
export function schemaInside(schema: unknown, key: string | number, root: unknown, depth = 0): unknown {
  if (!isObject(schema) || depth > DEEPEST) return undefined;
  const { properties, additionalProperties, items, prefixItems, $ref, anyOf, oneOf, allOf } = schema;
  const own =
    typeof key === 'string'
      ? isObject(properties) && Object.hasOwn(properties, key)
        ? properties[key]
        : additionalProperties
      : ((Array.isArray(prefixItems) ? prefixItems[key] : undefined) ?? items);
  const others = [
    typeof $ref === 'string' ? resolve($ref, root) : undefined,
    ...[anyOf, oneOf, allOf].flatMap((some) => (Array.isArray(some) ? some : [])),
  ];
  const found = [own, ...others.map((each) => schemaInside(each, key, root, depth + 1))].filter(isObject);
  return found.length > 1 ? { anyOf: found } : found[0];
}

/** What a reference inside of the schema stands for: `#/$defs/Order`. */
function resolve(ref: string, root: unknown): unknown {
  if (!ref.startsWith('#')) return undefined;
  const steps = ref.split('/').slice(1);
  return steps.reduce<unknown>((at, step) => {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    return isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }, root);
}
