import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject, type JsonObject } from '@sluice/core/lib/json';
import { nearest } from '@sluice/core/lib/nearest';
import { isTaken, kindOf, kindsOf, schemaInside } from '../parameters/kinds-of.ts';
import { readParameters } from '../parameters/read-parameters.ts';

interface Given {
  /** `field=value`, each. */
  readonly single: readonly string[];
  /** A JSON object, or `-` for one on standard input. */
  readonly whole: string | undefined;
}

const WORDS = { one: 'field', single: '--set', whole: '--data' };

const names = (value: unknown): readonly string[] => (isObject(value) ? Object.keys(value) : []);
const isRequired = (schema: JsonObject, name: string) => Array.isArray(schema['required']) && schema['required'].includes(name);

/** What a new block holds, as it was typed. A field that its type does not know, lacks or keeps as something else is told of before anything is made. */
export function readBlockData(type: string, given: Given, schema: JsonObject): JsonObject {
  const data = readParameters(given, schema, WORDS);
  const known = names(schema['properties']);
  const unknown = Object.keys(data).find((name) => known.length > 0 && !known.includes(name));
  if (unknown !== undefined) {
    const [near] = nearest(unknown, known);
    throw wrong(`has no field "${unknown}"`, `${near ? `Did you mean "${near}"? ` : ''}Its fields are ${known.join(', ')}.`);
  }
  const missing = known.filter((name) => isRequired(schema, name) && !Object.hasOwn(data, name));
  if (missing.length > 0) throw wrong(`also needs ${missing.join(', ')}`, `For example: --set ${missing[0]}=…`);
  for (const [name, value] of Object.entries(data)) {
    const kinds = kindsOf(schemaInside(schema, name, schema), schema);
    // A block inside of a block stands there by its id.
    if (isTaken(kinds, kindOf(value)) || (isObject(value) && '$ref' in value)) continue;
    throw wrong(`takes ${[...(kinds ?? [])].join(' or ')} as "${name}"`, `It was given ${kindOf(value)}.`);
  }
  return data;

  function wrong(what: string, hint: string): SluiceError {
    return new SluiceError('USAGE', `A block of type ${type} ${what}.`, { hint });
  }
}

/** The fields of a type, each in words: `port (integer, may be left out)`. */
export function fieldsInWords(schema: JsonObject): string[] {
  const secret: readonly unknown[] = Array.isArray(schema['secret_fields']) ? schema['secret_fields'] : [];
  return names(schema['properties']).map((name) => {
    const kinds = [...(kindsOf(schemaInside(schema, name, schema), schema) ?? [])].join(' or ');
    const about = [kinds, secret.includes(name) ? 'secret' : '', isRequired(schema, name) ? '' : 'may be left out'].filter(Boolean);
    return about.length > 0 ? `${name} (${about.join(', ')})` : name;
  });
}
