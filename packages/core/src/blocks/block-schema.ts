import { NumberText } from '../lib/exact-json.ts';
import { isObject } from '../lib/json.ts';
import { pythonJson } from './python-json.ts';

/** The schema of a block as clients send it: an OpenAPI object, with `secret_fields`, `block_schema_references` and `definitions`. */
export type BlockFields = Record<string, unknown>;

const PREFIX = '#/definitions/';

const objectOf = (value: unknown): Record<string, unknown> => (isObject(value) && !(value instanceof NumberText) ? value : {});

/** Names of all definitions that a part of a schema refers to, at any depth of the part. */
function referredBy(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(referredBy);
  const { $ref } = objectOf(part);
  return [...(typeof $ref === 'string' ? [$ref.replace(PREFIX, '')] : []), ...Object.values(objectOf(part)).flatMap(referredBy)];
}

/** The definitions that a part needs, and those that these need, of which `wanted` holds. */
function definitionsFor(part: unknown, definitions: BlockFields, wanted: (definition: BlockFields) => boolean): BlockFields {
  const found = new Map<string, unknown>();
  const follow = (from: unknown) => {
    for (const name of referredBy(from)) {
      const definition = definitions[name];
      if (found.has(name) || !isObject(definition) || Object.keys(definition).length === 0 || !wanted(definition)) continue;
      found.set(name, definition);
      follow(definition);
    }
  };
  follow(part);
  return Object.fromEntries(found);
}

const isNoBlock = (definition: BlockFields) => definition['block_type_slug'] == null;

/** Which fields are secret says nothing of a schema's form. */
function withoutSecretFields(value: unknown): unknown {
  if (!isObject(value) || value instanceof NumberText) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'secret_fields')
      .map(([key, inner]) => [key, withoutSecretFields(inner)]),
  );
}

/** The text whose SHA-256 is the checksum of a schema, in Prefect 2.13.7 and 3.x alike: its fields without other blocks' definitions. */
export function checksumText(fields: BlockFields): string {
  const { definitions, ...bare } = withoutSecretFields(fields) as BlockFields;
  if (definitions === undefined) return `[[${pythonJson(bare)}], {}]`;
  const known = objectOf(definitions);
  const kept = definitionsFor({ ...bare, definitions }, known, isNoBlock);
  const isEmpty = Object.keys(known).length === 0;
  return `[[${pythonJson(isEmpty ? { ...bare, definitions } : Object.keys(kept).length > 0 ? { ...bare, definitions: kept } : bare)}], {}]`;
}

/** A block that another has inside. */
export interface NestedBlock {
  readonly block_type_slug: string;
  readonly block_schema_checksum: string;
  /** Its schema by itself; undefined when the one around it does not tell. */
  readonly fields: BlockFields | undefined;
}

/** The blocks that a schema has inside, each under the name of a field; a field of several kinds has several. */
export function nestedBlocks(fields: BlockFields): NestedBlock[] {
  const definitions = objectOf(fields['definitions']);
  return Object.entries(objectOf(fields['block_schema_references'])).flatMap(([name, said]) =>
    (Array.isArray(said) ? said : [said]).map((reference) => {
      const { block_type_slug, block_schema_checksum } = objectOf(reference);
      const slug = String(block_type_slug);
      const candidates = [...new Set(referredBy(objectOf(fields['properties'])[name]))].map((key) => objectOf(definitions[key]));
      const own = candidates.length === 1 ? candidates[0] : candidates.find((definition) => definition['block_type_slug'] === slug);
      return { block_type_slug: slug, block_schema_checksum: String(block_schema_checksum), fields: own && standalone(own, definitions) };
    }),
  );
}

function standalone(fields: BlockFields, definitions: BlockFields): BlockFields | undefined {
  if (Object.keys(fields).length === 0) return undefined;
  const needed = definitionsFor(fields, definitions, () => true);
  return Object.keys(needed).length > 0 ? { ...fields, definitions: needed } : fields;
}
