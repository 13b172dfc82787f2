import { isObject } from '@sluice/core/lib/json';

const MOST_CHOICES = 6;
/** What zod writes where a whole number has no other limit. */
const LARGEST = Number.MAX_SAFE_INTEGER;

/** What a JSON schema takes, as a person would say it: `a whole number, above 0`. */
export function schemaWords(schema: unknown): string {
  if (!isObject(schema)) return 'anything';
  const choices = schema['enum'];
  if (Array.isArray(choices)) {
    const shown = choices.slice(0, MOST_CHOICES).map((choice) => JSON.stringify(choice));
    return `one of ${shown.join(', ')}${choices.length > MOST_CHOICES ? ' …' : ''}`;
  }
  if ('const' in schema) return JSON.stringify(schema['const']);
  const branches = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(branches)) return branches.map(schemaWords).join(', or ');
  if (Array.isArray(schema['type'])) return schema['type'].map((type) => wordsOf({ ...schema, type })).join(', or ');
  return wordsOf(schema);
}

type Schema = { readonly [keyword: string]: unknown };

function wordsOf(schema: Schema): string {
  switch (schema['type']) {
    case 'integer':
      return `a whole number${rangeOf(schema)}`;
    case 'number':
      return `a number${rangeOf(schema)}`;
    case 'string':
      return typeof schema['format'] === 'string' ? `text (${schema['format']})` : 'text';
    case 'boolean':
      return 'yes or no';
    case 'array':
      return isObject(schema['items']) ? `a list, each ${schemaWords(schema['items'])}` : 'a list';
    case 'object':
      return isObject(schema['properties']) ? `an object of ${Object.keys(schema['properties']).join(', ')}` : 'an object';
    case 'null':
      return 'nothing';
    default:
      return 'anything';
  }
}

function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  const parts = [
    typeof exclusiveMinimum === 'number' && `above ${exclusiveMinimum}`,
    typeof minimum === 'number' && minimum > -LARGEST && `from ${minimum}`,
    typeof exclusiveMaximum === 'number' && `below ${exclusiveMaximum}`,
    typeof maximum === 'number' && maximum < LARGEST && `to ${maximum}`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? `, ${parts.join(' ')}` : '';
}
