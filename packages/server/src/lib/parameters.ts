import { createRequire } from 'node:module';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { JsonObject } from '@sluice/core/lib/json';
import type { Ajv2020 as Ajv } from 'ajv/dist/2020.js';

type Validate = ReturnType<Ajv['compile']>;

const CACHED = 500;
const compiled = new Map<string, Validate>();
let ajv: Ajv | undefined;

/** Loaded when the first parameters come: most of a server's life begins with other requests. */
function validator(): Ajv {
  if (ajv) return ajv;
  const require = createRequire(import.meta.url);
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const formats = require('ajv-formats') as typeof import('ajv-formats').default;
  // Schemas of two deployments may have the same $id: none is added to those that others may refer to.
  ajv = new Ajv2020({ strict: false, allErrors: true, verbose: true, addUsedSchema: false });
  formats(ajv as never);
  return ajv;
}

function compile(schema: JsonObject): Validate {
  const key = JSON.stringify(schema);
  const known = compiled.get(key);
  if (known) return known;
  if (compiled.size >= CACHED) {
    compiled.clear();
    ajv = undefined; // it keeps what it has compiled, too
  }
  const validate = validator().compile(schema);
  if ('$async' in validate) throw new Error('it has $async, and parameters are checked at once');
  compiled.set(key, validate);
  return validate;
}

/** A schema that no validator can read is told when the deployment is made, not when it is run. */
export function expectReadableSchema(schema: JsonObject | null | undefined): void {
  if (!schema) return;
  try {
    compile(schema);
  } catch (cause) {
    throw new SluiceError('INVALID_REQUEST', `parameter_openapi_schema is not a JSON schema: ${(cause as Error).message}`, { cause });
  }
}

/** Refuses parameters that do not fit their deployment's schema: all faults at once, each with its place. Prefect answers 409. */
export function expectParameters(schema: JsonObject | null, parameters: JsonObject, where: string): void {
  if (!schema) return;
  const properties = (schema['properties'] ?? {}) as JsonObject;
  const unknown = schema['additionalProperties'] === undefined ? Object.keys(parameters).filter((name) => !Object.hasOwn(properties, name)) : [];
  const validate = compile(schema);
  const fits = validate(parameters);
  if (fits && unknown.length === 0) return;
  const faults = [
    ...unknown.map(
      (name) =>
        `"${name}" is no parameter of it; it has ${
          Object.keys(properties)
            .map((known) => `"${known}"`)
            .join(', ') || 'none'
        }`,
    ),
    ...(validate.errors ?? []).map(({ instancePath, message }) => `${instancePath.slice(1).replaceAll('/', '.') || 'parameters'} ${message}`),
  ];
  throw new SluiceError('PARAMETERS_INVALID', `Validation failed for the parameters of ${where}: ${faults.join('; ')}.`, { details: faults });
}
