import { readFileSync } from 'node:fs';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { NumberText, parseExactJson } from '@sluice/core/lib/exact-json';
import { isObject, type Json, type JsonObject } from '@sluice/core/lib/json';
import { isTaken, type Kind, kindOf, kindsOf, schemaInside } from './kinds-of.ts';
import { settle } from './settle.ts';

/** What the command calls one of them, and how it is typed. */
interface Words {
  readonly one: string;
  readonly single: string;
  readonly whole: string;
}

const PARAMETERS: Words = { one: 'parameter', single: '--param', whole: '--params' };

interface Given {
  /** `k=v`, each. */
  readonly single: readonly string[];
  /** A JSON object, see `readObject`. */
  readonly whole: string | undefined;
}

/** Parameters from the command line. No number in them changes on the way: it stays a text, or is refused. */
export function readParameters({ single, whole }: Given, schema: JsonObject | null, words = PARAMETERS): JsonObject {
  const pairs = single.map((text): [string, Json] => {
    const at = text.indexOf('=');
    if (at < 1) throw new SluiceError('USAGE', `"${text}" is not of the form name=value.`, { hint: `For example: ${words.single} table=orders` });
    const name = text.slice(0, at);
    return [name, readValue(name, text.slice(at + 1), schema, words)];
  });
  return { ...(whole === undefined ? {} : readObject(words.whole, whole, schema)), ...Object.fromEntries(pairs) };
}

/** A value is read as JSON when the deployment takes it as such, otherwise it is a text. */
function readValue(name: string, text: string, root: JsonObject | null, { one }: Words): Json {
  const schema = schemaInside(root, name, root);
  const kinds = kindsOf(schema, root);
  if (kinds?.has('string') && kinds.size === 1) return text;
  const value = parseOrText(text);
  const number = value instanceof NumberText ? value.value : value;
  if (value instanceof NumberText && (kinds === undefined || (!value.isExact && kinds.has('string')))) return text;
  if (isTaken(kinds, kindOf(number))) return settle(value, { path: name, schema, root });
  if (isTaken(kinds, 'string')) return text;
  throw new SluiceError('USAGE', `The ${one} ${name} is ${inWords(kinds ?? new Set())}, and ${JSON.stringify(text)} is not.`, {
    hint: [...(kinds ?? [])].map((kind) => HINTS[kind]).join(' '),
  });
}

function parseOrText(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return text;
  }
}

const WORDS: Readonly<Record<Kind, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  object: 'an object',
};

const HINTS: Readonly<Record<Kind, string>> = {
  string: '',
  number: 'Write a number as in JSON: 12.5.',
  integer: 'Write a whole number as in JSON: 12.',
  boolean: 'Write true or false.',
  null: 'Write null.',
  array: 'Write a list as in JSON: ["a","b"].',
  object: 'Write an object as in JSON: {"a":1}.',
};

const inWords = (kinds: ReadonlySet<Kind>): string => [...kinds].map((kind) => WORDS[kind] ?? kind).join(' or ');

/** A JSON object of the command line, or `-` for one on standard input; `option` is how it was given. */
export function readObject(option: string, whole: string, schema: JsonObject | null): JsonObject {
  const hint = `For example: ${option} '{"table": "orders"}'`;
  const value = parseObject(option, whole, hint);
  if (!isObject(value)) throw new SluiceError('USAGE', `${option} is not a JSON object.`, { hint });
  return settle(value, { path: '', schema, root: schema }) as JsonObject;
}

function parseObject(option: string, whole: string, hint: string): unknown {
  try {
    return parseExactJson(whole === '-' ? readFileSync(0, 'utf8') : whole);
  } catch (cause) {
    throw new SluiceError('USAGE', `${option} is not JSON: ${messageOf(cause)}.`, { hint, cause });
  }
}
