import { isObject } from '../lib/json.ts';

type Schema = { readonly [keyword: string]: unknown };

/** Far more than models in use have. */
const MAX_SCHEMAS = 5000;
const MAX_REFS = 1000;
const MAX_CHAIN = 200;
const MAX_DEPTH = 50;
/** With how many schemas one value may have to be compared, when every `$ref` is followed. */
const MAX_EXPANSION = 5000;

/** Keywords whose values are data. */
const DATA = new Set(['enum', 'const', 'default', 'examples', 'required', 'type']);
/** Keywords that hold schemas by names of the writer. */
const NAMED = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependencies']);
/** Keywords that hold further schemas against the same value. */
const SAME_VALUE = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentSchemas', 'dependencies'];
const UNSUPPORTED = ['$dynamicRef', '$recursiveRef', '$async'];

/** The schemas that stand right inside of one. */
function inside(schema: Schema): unknown[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (DATA.has(keyword)) return [];
    if (Array.isArray(value)) return value;
    return NAMED.has(keyword) && isObject(value) ? Object.values(value).flat() : [value];
  });
}

/** All schemas of a schema, and what stands in the way of reading them. */
function collect(root: Schema): { schemas: Schema[]; fault?: string } {
  const schemas: Schema[] = [];
  let refs = 0;
  const visit = (schema: unknown, depth: number): string | undefined => {
    if (!isObject(schema)) return undefined;
    if (depth > MAX_DEPTH) return `is nested more than ${MAX_DEPTH} levels deep`;
    if (schemas.push(schema) > MAX_SCHEMAS) return `has more than ${MAX_SCHEMAS} parts`;
    const unsupported = UNSUPPORTED.find((keyword) => schema[keyword] !== undefined && !isObject(schema[keyword]));
    if (unsupported) return `has ${unsupported}, which is not supported`;
    if (schema !== root && typeof schema['$id'] === 'string') return 'has an $id inside, which is not supported: refer with #/$defs/…';
    if (typeof schema['$ref'] === 'string') {
      if (!schema['$ref'].startsWith('#')) return `refers to "${schema['$ref'].slice(0, 200)}" outside of itself: put that schema into its $defs`;
      if (++refs > MAX_REFS) return `has more than ${MAX_REFS} $refs`;
    }
    for (const inner of inside(schema)) {
      const fault = visit(inner, depth + 1);
      if (fault) return fault;
    }
    return undefined;
  };
  const fault = visit(root, 1);
  return { schemas, ...(fault && { fault }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What a `$ref` within the schema means; undefined when nothing is there, which a validator tells. */
function target(root: Schema, schemas: readonly Schema[], ref: string): unknown {
  const fragment = decoded(ref.slice(1));
  if (fragment !== '' && !fragment.startsWith('/')) return schemas.find(({ $anchor, $id }) => $anchor === fragment || $id === `#${fragment}`);
  const keys = fragment.split('/').slice(1);
  return keys
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined),
      root,
    );
}

/** The schemas that the value of `schema` is compared with as well. */
function beside(schema: Schema, find: (ref: string) => unknown): Schema[] {
  const applied = SAME_VALUE.flatMap((keyword) => {
    const value = schema[keyword];
    return NAMED.has(keyword) && isObject(value) ? Object.values(value) : [value].flat();
  });
  const referred = typeof schema['$ref'] === 'string' ? [find(schema['$ref'])] : [];
  return [...applied, ...referred].filter(isObject);
}

/** What makes a schema one that cannot be checked in bounded time, in words; undefined when nothing does. */
export function schemaFault(root: Schema): string | undefined {
  const { schemas, fault } = collect(root);
  if (fault) return fault;
  const targets = new Map<string, unknown>();
  const find = (ref: string) => {
    if (!targets.has(ref)) targets.set(ref, target(root, schemas, ref));
    return targets.get(ref);
  };
  /** How many schemas a value meets here, with all that they refer to; infinite where they lead back to themselves. */
  const sizes = new Map<Schema, number>();
  const sizeOf = (schema: Schema, chain = 1): number => {
    const known = sizes.get(schema);
    if (known !== undefined) return known;
    if (chain > MAX_CHAIN) return MAX_EXPANSION + 1;
    sizes.set(schema, Number.POSITIVE_INFINITY);
    const size = beside(schema, find).reduce((sum, inner) => sum + sizeOf(inner, chain + 1), 1);
    sizes.set(schema, size);
    return size;
  };
  const largest = schemas.reduce((most, schema) => Math.max(most, sizeOf(schema)), 0);
  if (largest === Number.POSITIVE_INFINITY) return 'refers to itself without going deeper into the data';
  if (largest > MAX_EXPANSION) return `compares one value with more than ${MAX_EXPANSION} schemas when its $refs are followed`;
  return undefined;
}
