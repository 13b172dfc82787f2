import { SluiceError } from '@sluice/core/errors/sluice-error';
import { NumberText } from '@sluice/core/lib/exact-json';
import { isObject, type Json } from '@sluice/core/lib/json';
import { isTaken, kindsOf, schemaInside } from './kinds-of.ts';

export interface Place {
  /** `orders[0].id`. */
  readonly path: string;
  readonly schema: unknown;
  /** What the schema's references look into. */
  readonly root: unknown;
}

/** A value that was read exactly, as plain JSON: every number in it is the one that was written. */
export function settle(value: unknown, place: Place): Json {
  if (value instanceof NumberText) return settleNumber(value, place);
  if (typeof value === 'number')
    return isTaken(kindsOf(place.schema, place.root), Number.isInteger(value) ? 'integer' : 'number') ? value : asText(value, place);
  if (Array.isArray(value)) return value.map((each, index) => settle(each, inside(place, index)));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, settle(each, inside(place, key))]));
  return value as Json;
}

/** A number where only text fits is that text; where it fits neither way, the server says what is wanted. */
const asText = (value: number, { schema, root }: Place): Json => (isTaken(kindsOf(schema, root), 'string') ? String(value) : value);

function settleNumber(number: NumberText, { path, schema, root }: Place): Json {
  const { text, value, isExact } = number;
  const kinds = kindsOf(schema, root);
  const isNumber = kinds && isTaken(kinds, Number.isInteger(value) ? 'integer' : 'number');
  if (isNumber && isExact) return value;
  if (kinds && isTaken(kinds, 'string')) return text;
  // What a program writes, such as 1e-05, is not meant as a text.
  if (kinds === undefined && isExact && /e/i.test(text)) return value;
  throw new SluiceError('USAGE', `The parameter ${path} is ${text}, which would become ${value}.`, {
    hint: isNumber
      ? 'No number holds it exactly. To keep all digits, let the flow take this parameter as a text.'
      : `Write it in quotes to keep it as it is, or as ${value}.`,
  });
}

const inside = ({ path, schema, root }: Place, key: string | number): Place => ({
  path: typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`,
  schema: schemaInside(schema, key, root),
  root,
});
