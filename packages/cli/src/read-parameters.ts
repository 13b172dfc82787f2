import { readFileSync } from 'node:fs';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject, type Json, type JsonObject } from '@sluice/core/lib/json';

interface Given {
  /** `k=v`, each. */
  readonly single: readonly string[];
  /** A JSON object, or `-` for one on standard input. */
  readonly whole: string | undefined;
}

/** Parameters from the command line. A value is read as JSON where it is some, unless the deployment says that it is a text. */
export function readParameters({ single, whole }: Given, schema: JsonObject | null): JsonObject {
  const properties = isObject(schema?.['properties']) ? schema['properties'] : {};
  const pairs = single.map((text): [string, Json] => {
    const at = text.indexOf('=');
    if (at < 1) throw new SluiceError('USAGE', `"${text}" is not of the form name=value.`, { hint: 'For example: --param table=orders' });
    const name = text.slice(0, at);
    return [name, readValue(text.slice(at + 1), properties[name])];
  });
  return { ...(whole === undefined ? {} : readObject(whole)), ...Object.fromEntries(pairs) };
}

function readValue(text: string, property: unknown): Json {
  if (isObject(property) && property['type'] === 'string') return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function readObject(text: string): JsonObject {
  const hint = `For example: --params '{"table": "orders"}'`;
  let value: unknown;
  try {
    value = JSON.parse(text === '-' ? readFileSync(0, 'utf8') : text);
  } catch (cause) {
    throw new SluiceError('USAGE', `--params is not JSON: ${messageOf(cause)}.`, { hint, cause });
  }
  if (!isObject(value)) throw new SluiceError('USAGE', '--params is not a JSON object.', { hint });
  return value as JsonObject;
}
