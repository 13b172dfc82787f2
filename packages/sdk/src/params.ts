import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { JsonObject } from '@sluice/core/lib/json';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { messageOfThrown } from './text/thrown.ts';

/** Any library's schema: zod, valibot, arktype and others carry the Standard Schema interface. */
export type Schema<In = unknown, Out = In> = StandardSchemaV1<In, Out>;

/** What a schema makes of a value, or each of its faults with its place. */
export async function faultsOf<Out>(schema: Schema<unknown, Out>, value: unknown): Promise<{ readonly value: Out } | { readonly faults: string[] }> {
  const result = await schema['~standard'].validate(value);
  if (!result.issues) return { value: result.value };
  const faults = result.issues.map(({ path, message }) => {
    const place = placeOf(path?.map((part) => (typeof part === 'object' ? part.key : part)) ?? []);
    return place ? `${place}: ${message}` : message;
  });
  return { faults };
}

/** Parsed parameters, defaults filled in; all faults in one error. */
export async function parseParams<Out>(schema: Schema<unknown, Out> | undefined, params: unknown, what: string): Promise<Out> {
  if (!schema) return params as Out;
  const read = await faultsOf(schema, params);
  if ('value' in read) return read.value;
  throw new SluiceError('PARAMETERS_INVALID', `The ${what} do not fit: ${read.faults.join('; ')}.`, {
    details: read.faults,
    hint: 'Give other parameters, or change the schema of the flow.',
  });
}

const placeOf = (path: readonly PropertyKey[]): string => path.map(String).join('.');

interface Unrepresentable {
  readonly zodSchema: { readonly _zod: { readonly def: { readonly type: string; readonly coerce?: boolean } } };
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

interface WithJsonSchema {
  readonly jsonSchema?: { readonly input: (options: { target: string; libraryOptions: object }) => JsonObject };
}

/** How JSON says what zod makes of a text: a run gets its parameters as JSON. */
const COERCED: Readonly<Record<string, JsonObject>> = {
  date: { type: 'string', format: 'date-time' },
  bigint: { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^-?[0-9]+$' }] },
};
const MENDS: Readonly<Record<string, string>> = { date: ': write z.coerce.date()', bigint: ': write z.coerce.bigint()' };

/** The JSON schema that is stored on the deployment: forms are made from it and the server checks runs by it. */
export function toJsonSchema(schema: Schema | undefined, what: string): JsonObject {
  const standard = schema?.['~standard'] as WithJsonSchema | undefined;
  if (!standard?.jsonSchema) return { type: 'object', additionalProperties: true };
  const faults: string[] = [];
  const unrepresentable = ({ zodSchema, path, message }: Unrepresentable): JsonObject | 'any' => {
    const { type, coerce } = zodSchema._zod.def;
    const coerced = coerce ? COERCED[type] : undefined;
    if (coerced) return coerced;
    faults.push(`${placeOf(path.filter((part) => part !== 'properties'))}: ${message}${MENDS[type] ?? ''}`);
    return 'any';
  };
  let json: JsonObject = {};
  try {
    json = standard.jsonSchema.input({ target: 'draft-2020-12', libraryOptions: { unrepresentable } });
  } catch (error) {
    faults.push(messageOfThrown(error));
  }
  if (faults.length > 0) {
    throw new SluiceError('USAGE', `The ${what} have no JSON schema: ${faults.join('; ')}.`, {
      hint: 'A run gets its parameters as JSON: take texts, numbers, lists and objects, and convert them in the flow.',
    });
  }
  const { $schema: _, ...rest } = json;
  return rest;
}
