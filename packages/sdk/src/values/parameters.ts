import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject, type Json, type JsonObject } from '@sluice/core/lib/json';
import { show, tryTo } from '../text/show.ts';
import { MAX_DEPTH } from './codec.ts';

/** What becomes of a value that JSON does not hold, at this path. */
type Otherwise = (value: unknown, path: string) => Json;

/** A value in JSON's form: a date as its ISO text, what has a `toJSON` by that, and no keys whose value is undefined. */
function toJson(value: unknown, otherwise: Otherwise, path = '', depth = MAX_DEPTH): Json | undefined {
  if (value === undefined || value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return isStorable(value) ? value : otherwise(value, path);
  if (typeof value === 'number') return Number.isFinite(value) ? value : otherwise(value, path);
  if (typeof value !== 'object' || depth === 0) return otherwise(value, path);
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const form: unknown = value.toJSON();
    // An invalid date says null.
    const json = form === value || form === null ? undefined : toJson(form, otherwise, path, depth - 1);
    return json === undefined ? otherwise(value, path) : json;
  }
  if (Array.isArray(value)) {
    return Array.from(value, (inner: unknown, index) => {
      const json = toJson(inner, otherwise, `${path}[${index}]`, depth - 1);
      return json === undefined ? otherwise(inner, `${path}[${index}]`) : json;
    });
  }
  const prototype = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null) || !Object.keys(value).every(isKey)) return otherwise(value, path);
  const entries = Object.entries(value).map(([key, inner]) => [key, toJson(inner, otherwise, path ? `${path}.${key}` : key, depth - 1)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined)) as JsonObject;
}

const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0');
const isKey = (key: string) => key !== '__proto__' && isStorable(key);

/** An object as JSON. What JSON would lose or change is refused, with its place. */
export function jsonObject(value: unknown, refusal: (found: unknown, path: string) => SluiceError): JsonObject {
  const refuse = (found: unknown, path: string): never => {
    throw refusal(found, path);
  };
  const json = toJson(value, refuse);
  return isObject(json) ? (json as JsonObject) : refuse(value, '');
}

/** Parameters that are sent to another process. */
export const jsonParameters = (params: unknown, deployment: string): JsonObject =>
  jsonObject(
    params,
    (found, path) =>
      new SluiceError(
        'PARAMETERS_INVALID',
        `Parameters of '${deployment}' travel as JSON, which does not hold ${show(found, 200)}${path && `, at ${path}`}.`,
        { hint: 'Pass it as text, a number, a list or a plain object.' },
      ),
  );

/** Parameters of a flow in this process, for people to see: what JSON does not hold is shown as a text. */
export function shownParameters(params: unknown): JsonObject {
  const shown = tryTo(() => toJson(params, (value) => show(value, 1000)), undefined) ?? (params === undefined ? {} : show(params, 1000));
  return isObject(shown) ? (shown as JsonObject) : { value: shown };
}
