import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject, type Json, type JsonObject } from '@sluice/core/lib/json';

interface BlockForm {
  readonly slug: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** The JSON schema of what the block holds. */
  readonly json: JsonObject;
  /** `password`, `login.password`, or `headers.*` for all values inside. */
  readonly secrets: readonly string[];
}

/** The fields of a block's schema as Prefect's clients send them, 2.13.7 and 3.9.1 alike: an OpenAPI object, with what is secret in it. */
export function blockFields({ slug, name, description, json, secrets }: BlockForm): JsonObject {
  const { properties = {}, $defs, ...rest } = inPrefectsForm(json) as JsonObject;
  if (rest['type'] !== 'object' || !isObject(properties))
    throw unfit(slug, 'the schema is not one of an object', 'Give it the schema of an object: z.object({ … }).');
  const unknown = secrets.find((path) => Object.keys(properties).length > 0 && !Object.hasOwn(properties, path.split('.')[0] ?? ''));
  if (unknown !== undefined)
    throw unfit(slug, `its secret '${unknown}' is no field of the schema`, `Name fields of the schema: ${Object.keys(properties).join(', ')}.`);
  const fields = Object.entries(properties).map(([key, field], position) => [key, { ...asSecret(field, secrets.includes(key)), position }]);
  return {
    title: name,
    ...(description !== undefined && { description }),
    ...rest,
    properties: Object.fromEntries(fields) as JsonObject,
    ...($defs !== undefined && { definitions: $defs }),
    block_type_slug: slug,
    secret_fields: [...secrets],
    block_schema_references: {},
  };
}

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

const definitionOf = (ref: Json): Json => (typeof ref === 'string' ? ref.replace(/^#\/\$defs\//, '#/definitions/') : ref);

const unfit = (slug: string, why: string, hint: string) => new SluiceError('USAGE', `Block type '${slug}' cannot be defined: ${why}.`, { hint });
