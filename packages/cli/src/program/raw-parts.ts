import { readFileSync } from 'node:fs';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';

const usage = (what: string, hint: string, cause?: unknown) => new SluiceError('USAGE', what, { hint, cause });

/** The body of a request as it was typed, byte for byte: a text, `@FILE`, or `-` for standard input. */
export function readBody(data: string): string {
  const file = data === '-' ? 0 : data.startsWith('@') ? data.slice(1) : undefined;
  const body = file === undefined ? data : readFileSync(file, 'utf8');
  try {
    JSON.parse(body);
    return body;
  } catch (cause) {
    throw usage(`What --data gives is not JSON: ${messageOf(cause)}.`, `For example: --data '{"limit": 10}'`, cause);
  }
}

/** Headers, each as `Key: value`. */
export const readHeaders = (typed: readonly string[]): Record<string, string> => Object.fromEntries(typed.map(readHeader));

function readHeader(typed: string): [name: string, value: string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\r\n]*?)[ \t]*$/.exec(typed) ?? [];
  if (name !== undefined && value !== undefined) return [name.toLowerCase(), value];
  throw usage(`"${typed}" is not a header.`, 'For example: --header "X-Request-Id: mine"');
}
