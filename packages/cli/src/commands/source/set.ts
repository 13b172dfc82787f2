import { hostname, userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { MOST_SOURCE_URL, sourceName } from '@sluice/core/model/source';
import { expectKnownScheme, schemeOf } from '@sluice/etl/source-kinds';
import { askPassword } from '../../etl/ask-password.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { say } from '../../render/message.ts';
import { isJson, printRecord } from '../../render/print.ts';

export const command = defineCommand({
  arguments: { name: argument('<name>', 'The name by which deployments and runs know the source') },
  options: { output },
  examples: ['sluice source set shop', 'sluice source set shop < shop.url'],
  run: async ({ args, options, globals }) => {
    expectName(args.name);
    const url = readUrl(process.stdin.isTTY ? await askPassword(`URL of ${args.name} (it is not shown): `, 'URL') : await text(process.stdin));
    await withClient(globals, async (client) => {
      const source = await client.request('POST /sources/', { body: { name: args.name, url, set_by: self() } });
      if (isJson(options.output)) return printRecord(source, [], options.output);
      say(`The server keeps the URL of source "${source.name}": ${source.kind}, ${source.host ?? 'no host'}, ${source.database ?? 'no database'}.`);
    });
  },
});

/** What was typed as a name is not repeated when it is none: it may be a URL with its password. */
function expectName(name: string): void {
  if (sourceName.safeParse(name).success) return;
  throw new SluiceError('USAGE', 'This is not the name of a source.', {
    hint: 'A name has none of / % & > <, or is a URL without a password. The URL itself comes from standard input: sluice source set shop < shop.url.',
  });
}

function readUrl(given: string): string {
  const url = given.trim();
  const fault =
    url === ''
      ? 'No URL was given.'
      : url.length > MOST_SOURCE_URL
        ? `The URL has more than ${MOST_SOURCE_URL} characters.`
        : schemeOf(url) === undefined || /\s/.test(url)
          ? 'What was given is not a URL.'
          : undefined;
  if (fault) {
    throw new SluiceError('USAGE', fault, {
      hint: 'Write it to standard input, such as postgres://user:password@host:5432/database; a folder is no secret: set it in the environment of its workers.',
    });
  }
  expectKnownScheme(url);
  return url;
}

/** Who sets it, as they say themselves: the server knows a key, and not whose it is. */
function self(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return hostname();
  }
}
