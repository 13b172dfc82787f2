import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { JsonObject } from '@sluice/core/lib/json';
import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Any library's schema: zod, valibot, arktype and others carry the Standard Schema interface. */
export type Schema<In = unknown, Out = In> = StandardSchemaV1<In, Out>;

/** Parsed parameters, defaults filled in; all faults in one error. */
export async function parseParams<Out>(schema: Schema<unknown, Out> | undefined, params: unknown, where: string): Promise<Out> {
  if (!schema) return params as Out;
  const result = await schema['~standard'].validate(params);
  if (!result.issues) return result.value;
  const faults = result.issues.map(({ path, message }) => {
    const place = path?.map((part) => (typeof part === 'object' ? part.key : part)).join('.');
    return place ? `${place}: ${message}` : message;
  });
  throw new SluiceError('PARAMETERS_INVALID', `The parameters of ${where} do not fit: ${faults.join('; ')}.`, { details: faults });
}

interface WithJsonSchema {
  readonly jsonSchema?: { readonly input: (options: { target: string }) => JsonObject };
}

/** The JSON schema that is stored on the deployment: forms are made from it and the server checks runs by it. */
export function toJsonSchema(schema: Schema | undefined): JsonObject {
  const standard = schema?.['~standard'] as WithJsonSchema | undefined;
  if (!standard?.jsonSchema) return { type: 'object', additionalProperties: true };
  const { $schema: _, ...rest } = standard.jsonSchema.input({ target: 'draft-2020-12' });
  return rest;
}
