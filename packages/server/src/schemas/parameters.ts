import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject, type JsonObject } from '@sluice/core/lib/json';
import { schemaFault } from '@sluice/core/schema/schema-fault';
import { isSimpleSchema, surelyFits } from '@sluice/core/schema/simple-schema';
import { NotChecked, type SchemaChecker } from './schema-checker.ts';
import type { SchemaAnswer } from './schema-thread.ts';

const FIELD = 'parameter_openapi_schema';
const NAMED = 20;

/** A schema that cannot be read, or not be checked in bounded time, is reported when the deployment is made, not when it is run. */
export async function expectReadableSchema(checker: SchemaChecker, schema: JsonObject | null | undefined): Promise<void> {
  if (!schema || isSimpleSchema(schema)) return;
  const fault = schemaFault(schema);
  if (fault) throw new SluiceError('INVALID_REQUEST', `${FIELD} ${fault}.`, { hint: 'Deploy it with a simpler schema.' });
  const answer = await checker.ask({ schema: JSON.stringify(schema), parameters: null }).catch(notChecked);
  if ('unreadable' in answer)
    throw new SluiceError('INVALID_REQUEST', `${FIELD} is not a JSON schema that can be checked: ${answer.unreadable.slice(0, 1000)}.`, {
      hint: 'Correct the schema, or leave it out.',
    });
}

/** Refuses parameters that do not fit their deployment's schema: all faults at once, each with its place. Prefect answers 409. */
export async function expectParameters(checker: SchemaChecker, schema: JsonObject | null, parameters: JsonObject, where: string): Promise<void> {
  if (!schema) return;
  const unknown = unknownParameters(schema, parameters);
  if (unknown.length === 0 && surelyFits(schema, parameters)) return;
  const answer = await answerFor(checker, schema, parameters);
  if ('unreadable' in answer) {
    throw new SluiceError(
      'PARAMETERS_INVALID',
      `The parameters of ${where} cannot be checked against its schema: ${answer.unreadable.slice(0, 1000)}.`,
      {
        hint: 'Deploy it again with a schema that can be read, or run it with enforce_parameter_schema: false.',
      },
    );
  }
  const faults = [...unknown, ...answer.faults];
  if (faults.length === 0) return;
  throw new SluiceError('PARAMETERS_INVALID', `Validation failed for the parameters of ${where}: ${faults.join('; ')}.`, {
    details: faults,
    hint: 'Give other parameters: the deployment says which it takes.',
  });
}

/** A schema may have been stored by a Sluice that took any. */
export async function answerFor(checker: SchemaChecker, schema: JsonObject, parameters: JsonObject): Promise<SchemaAnswer> {
  const fault = schemaFault(schema);
  if (fault) return { unreadable: `it ${fault}` };
  return checker.ask({ schema: JSON.stringify(schema), parameters: JSON.stringify(parameters) }).catch(notChecked);
}

function notChecked(error: unknown): SchemaAnswer {
  if (error instanceof NotChecked) return { unreadable: error.message };
  throw error;
}

/** Names that the schema does not know, when it says which it knows, and not whether there may be others. One that says nothing takes any, as in Prefect. */
function unknownParameters(schema: JsonObject, parameters: JsonObject): string[] {
  if (schema['additionalProperties'] !== undefined) return [];
  const known = isObject(schema['properties']) ? schema['properties'] : {};
  if (Object.keys(known).length === 0) return [];
  const names = Object.keys(known).slice(0, NAMED);
  const has = names.map((name) => `"${name}"`).join(', ');
  return Object.keys(parameters)
    .filter((name) => !Object.hasOwn(known, name))
    .slice(0, NAMED)
    .map((name) => `"${name.slice(0, 200)}" is not one of its parameters; it has ${has}`);
}
