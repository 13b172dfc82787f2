import { fillPath, parseKey } from '@sluice/client/browser';
import type { RouteKey } from '@sluice/core/api/routes';

/** What goes into a call, as far as its text is concerned. */
export interface CallInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

/** How the server is told who calls; the variable's name, never what it holds. */
const WHO = {
  none: [],
  key: ['-H "Authorization: Bearer $SLUICE_API_KEY"'],
  basic: ['-u "$SLUICE_API_AUTH_STRING"'],
} as const;

export type Who = keyof typeof WHO;

const PLAIN_WORD = /^[\w@%+=:,./-]+$/;

/** A word for a shell, as it is or in quotes. */
export const shellWord = (word: string): string => (PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`);

/** A command of ours, each word of it for a shell; what is undefined is left out. */
export const sluice = (...words: readonly (string | number | undefined)[]): string =>
  ['npx sluice', ...words.filter((word) => word !== undefined).map((word) => shellWord(String(word)))].join(' ');

/** The call of a row of the contract, to be pasted into a shell. */
export function curlOf(key: RouteKey, { params, query, body }: CallInput, who: Who = 'none', headers: Readonly<Record<string, string>> = {}): string {
  const { method, template } = parseKey(key);
  // In double quotes an interactive shell takes `!` for a part of its history.
  const path = fillPath(template, params, query).replaceAll('!', '%21');
  const start = `curl${method === 'GET' ? '' : ` -X ${method}`} "$SLUICE_API_URL${path}"`;
  const data = body === undefined ? [] : ["-H 'Content-Type: application/json'", `-d ${shellWord(JSON.stringify(body))}`];
  const more = Object.entries(headers).map(([name, value]) => `-H ${shellWord(`${name}: ${value}`)}`);
  return [start, ...WHO[who], ...more, ...data].join(' \\\n  ');
}
