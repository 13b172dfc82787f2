import { SluiceError } from '@sluice/core/errors/sluice-error';
import { NumberText, parseExactJson } from '@sluice/core/lib/exact-json';
import { jsonFault } from '@sluice/core/lib/json';

/** Deeper than any client nests, and far from where parsers and databases give up. */
const MAX_DEPTH = 64;

/**
 * Parses a body, whatever content type it says it has: older Prefect clients send none. Keys that would change an object's
 * prototype, and text that PostgreSQL cannot hold, are refused here. Log lines are mended instead, by their schema.
 */
export function parseBody(text: string, { mends = false, secret = false }: { mends?: boolean; secret?: boolean } = {}): unknown {
  if (text === '') return undefined;
  try {
    return parseAny(text, mends);
  } catch (error) {
    if (!secret) throw error;
    throw new SluiceError('INVALID_JSON', 'The body is not JSON that can be stored.', { hint: 'Send one JSON value, as UTF-8.' });
  }
}

function parseAny(text: string, mends: boolean): unknown {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new SluiceError('INVALID_JSON', `The body is not JSON: ${(cause as Error).message}`, { cause, hint: 'Send one JSON value, as UTF-8.' });
  }
  if (mends) return body;
  const fault = mayBeFaulty(text) ? jsonFault(body, MAX_DEPTH) : undefined;
  if (fault) throw new SluiceError('INVALID_TEXT', `The body ${fault}.`, { hint: 'Leave that out, or write it another way.' });
  const lost = MAY_LOSE.test(text) ? lostNumber(parseExactJson(text)) : undefined;
  if (lost) {
    throw new SluiceError('INVALID_REQUEST', `${lost.path}: the number ${lost.text.slice(0, 100)} cannot be kept exactly.`, {
      hint: 'Send it as a text, in quotes; a number has about 15 digits.',
    });
  }
  return body;
}

/** A number of 16 digits or more, with an exponent, or -0: the others are kept whatever they are. What looks so inside of a text costs a second look. */
const MAY_LOSE = /(?:^|[:,[\s])-?(?:[\d.]{16}|[\d.]+e)|(?:^|[:,[\s])-0/i;

/** The first number that would be another one when it is stored, with its place. */
function lostNumber(value: unknown, path = 'body'): { path: string; text: string } | undefined {
  if (value instanceof NumberText) return value.isExact && !Object.is(value.value, -0) ? undefined : { path, text: value.text };
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const lost = lostNumber(inner, `${path}.${key.slice(0, 100)}`);
    if (lost) return lost;
  }
  return undefined;
}

/** A look at the text tells for nearly all bodies that they need no walk through the value. */
const mayBeFaulty = (text: string) => /\\u0000|\\ud[89a-f]|__proto__|\\u005f/i.test(text) || nesting(text) > MAX_DEPTH;

/** The depth of the value: brackets outside of strings. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index++) {
    const char = text.charCodeAt(index);
    if (char === 0x22) index = endOfString(text, index);
    else if (char === 0x5b || char === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (char === 0x5d || char === 0x7d) depth--;
  }
  return deepest;
}

/** Where the string that starts at `start` has its closing quote. */
function endOfString(text: string, start: number): number {
  for (let index = text.indexOf('"', start + 1); index >= 0; index = text.indexOf('"', index + 1)) {
    let backslashes = 0;
    while (text[index - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return index;
  }
  return text.length;
}
