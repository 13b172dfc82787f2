import { type RawAnswer, rawRequest } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { argument, defineCommand } from '../program/define-command.ts';
import { expectChoice, flag, list, text } from '../program/options.ts';
import { readBody, readHeaders } from '../program/raw-parts.ts';
import { withClient } from '../program/with-client.ts';
import { tell } from '../render/message.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
const WITH_BODY: readonly string[] = ['POST', 'PUT', 'PATCH'];

export const command = defineCommand({
  arguments: { method: argument('<method>', METHODS.join(', ')), path: argument('<path>', 'Below the API: /flows/filter') },
  options: {
    data: text('--data <json>', 'What is sent; @FILE reads it from a file, - from standard input. {} for POST, PUT and PATCH when left out'),
    headers: list('-H, --header <key: value>', 'A header; can be given more than once'),
    verbose: flag('-v, --verbose', 'Show the headers of request and answer, the key hidden'),
  },
  examples: [
    'sluice api GET /flow_runs/0199f0aa-1111-7000-8000-000000000001',
    `sluice api POST /flow_runs/filter --data '{"limit": 10}'`,
    'sluice api POST /deployments/ --data @deployment.json',
  ],
  run: ({ args, options: { data, headers, verbose }, globals }) =>
    withClient(globals, async (_client, { api_url, api_key, auth_string }) => {
      const method = expectChoice('method', args.method, METHODS);
      const path = args.path.startsWith('/') ? args.path : `/${args.path}`;
      if (/[\s#]/.test(path)) throw new SluiceError('USAGE', `"${path}" is not a path.`, { hint: 'Write what is special in it as %20 and so on.' });
      const body = data === undefined ? (WITH_BODY.includes(method) ? '{}' : undefined) : readBody(data);
      const opens = { apiUrl: api_url, apiKey: api_key, authString: auth_string, userAgent: 'sluice-cli' };
      const answer = await rawRequest(opens, { method, path, body, headers: readHeaders(headers), signal: undefined });
      if (verbose) tellHeaders(api_url, answer);
      const said = await printAnswer(answer);
      if (answer.status >= 400) throw answer.error(said);
    }),
});

/** Streams come as they come; what is whole is indented where a person looks. */
async function printAnswer({ text: parts, headers }: RawAnswer): Promise<string> {
  const isWhole = String(headers['content-type'] ?? '').includes('json');
  let all = '';
  for await (const part of parts) {
    all += part;
    if (!isWhole) process.stdout.write(part);
  }
  if (!isWhole || all === '') return all;
  const shown = process.stdout.isTTY === true ? JSON.stringify(JSON.parse(all), null, 2) : all;
  process.stdout.write(`${shown}\n`);
  return all;
}

function tellHeaders(apiUrl: string, { sent, status, headers }: RawAnswer): void {
  tell(`> ${sent.method} ${new URL(apiUrl).origin}${sent.path}`);
  for (const [name, value] of Object.entries(sent.headers)) tell(`> ${name}: ${/^authorization$/i.test(name) ? '***' : value}`);
  tell(`< ${status}`);
  for (const [name, value] of Object.entries(headers)) tell(`< ${name}: ${value}`);
}
