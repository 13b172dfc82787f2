import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject, type Json, type JsonObject } from '@sluice/core/lib/json';

/** A type of blocks, with the schema of what they hold. */
export interface BlockKind {
  readonly slug: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** The JSON schema of what the block holds. */
  readonly json: JsonObject;
  /** `password`, `login.password`, or `headers.*` for all values inside. */
  readonly secrets: readonly string[];
  /** Types of the blocks that stand in fields of it. */
  readonly inside: Readonly<Record<string, readonly BlockKind[]>>;
}

const DEFINITIONS = '#/definitions/';

/** The fields of a block's schema as Prefect's clients send them, 2.13.7 and 3.9.1 alike: an OpenAPI object, with what is secret in it. */
export function blockFields(kind: BlockKind, checksums: ReadonlyMap<string, string> = new Map()): JsonObject {
  const { slug, name, description, json, secrets, inside } = kind;
  const { properties = {}, $defs, ...rest } = inPrefectsForm(json) as JsonObject;
  if (rest['type'] !== 'object' || !isObject(properties))
    throw unfit(slug, 'the schema is not one of an object', 'Give it the schema of an object: z.object({ … }).');
  const isUnknown = (path: string) => Object.keys(properties).length > 0 && !Object.hasOwn(properties, path.split('.')[0] ?? '');
  const named = [...secrets.map((path) => [path, 'secret']), ...Object.keys(inside).map((path) => [path, 'block'])] as [string, string][];
  const unknown = named.find(([path]) => isUnknown(path));
  if (unknown)
    throw unfit(
      slug,
      `its ${unknown[1]} '${unknown[0]}' is no field of the schema`,
      `Name fields of the schema: ${Object.keys(properties).join(', ')}.`,
    );
  const fields = Object.entries({ ...(properties as JsonObject), ...withBlocks(properties as JsonObject, inside) }).map(([key, field], position) => [
    key,
    { ...asSecret(field, secrets.includes(key)), position },
  ]);
  const definitions = { ...($defs as JsonObject | undefined), ...definitionsOf(kind, checksums) };
  return {
    title: name,
    ...(description !== undefined && { description }),
    ...rest,
    properties: Object.fromEntries(fields) as JsonObject,
    ...(Object.keys(definitions).length > 0 && { definitions }),
    block_type_slug: slug,
    secret_fields: secretsOf(kind),
    block_schema_references: referencesOf(inside, checksums),
  };
}

/** Blocks inside are told by reference, as the classes are of which Prefect's are made. */
const withBlocks = (properties: JsonObject, inside: BlockKind['inside']): JsonObject =>
  Object.fromEntries(
    Object.entries(inside).map(([field, kinds]) => {
      const { anyOf, default: fallback } = (properties[field] ?? {}) as JsonObject;
      const refs = kinds.map(({ slug }) => ({ $ref: `${DEFINITIONS}${slug}` }));
      const empty = Array.isArray(anyOf) ? anyOf.filter((kind) => isObject(kind) && kind['type'] === 'null') : [];
      const [only] = refs;
      const shape: JsonObject = refs.length === 1 && empty.length === 0 && only ? only : { anyOf: [...refs, ...empty] };
      return [field, { ...shape, ...(fallback !== undefined && { default: fallback }) }];
    }),
  );

/** By slug, with those inside of them. */
function definitionsOf({ inside }: BlockKind, checksums: ReadonlyMap<string, string>): JsonObject {
  const all = Object.values(inside)
    .flat()
    .map((inner) => {
      const { definitions = {}, ...own } = blockFields(inner, checksums);
      return { [inner.slug]: own, ...(definitions as JsonObject) };
    });
  return Object.assign({}, ...all) as JsonObject;
}

const secretsOf = ({ secrets, inside }: BlockKind): string[] => [
  ...secrets,
  ...Object.entries(inside).flatMap(([field, kinds]) => [...new Set(kinds.flatMap(secretsOf))].map((path) => `${field}.${path}`)),
];

const referencesOf = (inside: BlockKind['inside'], checksums: ReadonlyMap<string, string>): JsonObject =>
  Object.fromEntries(
    Object.entries(inside).map(([field, kinds]) => {
      const told = kinds.map(({ slug }) => ({ block_type_slug: slug, block_schema_checksum: checksums.get(slug) ?? '' }));
      return [field, told.length === 1 && told[0] ? told[0] : told];
    }),
  );

/** How a form knows that it shows no sign of what is typed there. */
const asSecret = (field: Json | undefined, isSecret: boolean): JsonObject => ({
  ...(isObject(field) ? (field as JsonObject) : {}),
  ...(isSecret && { format: 'password', writeOnly: true }),
});

/** Prefect keeps definitions under OpenAPI's name, and says of no object whether it may hold more. */
function inPrefectsForm(value: Json): Json {
  if (Array.isArray(value)) return value.map(inPrefectsForm);
  if (!isObject(value)) return value;
  const kept = Object.entries(value as JsonObject).filter(([key, inner]) => key !== 'additionalProperties' || isObject(inner));
  return Object.fromEntries(kept.map(([key, inner]) => [key, key === '$ref' ? definitionOf(inner) : inPrefectsForm(inner)]));
}

const definitionOf = (ref: Json): Json => (typeof ref === 'string' ? ref.replace(/^#\/\$defs\//, DEFINITIONS) : ref);

const unfit = (slug: string, why: string, hint: string) => new SluiceError('USAGE', `Block type '${slug}' cannot be defined: ${why}.`, { hint });
