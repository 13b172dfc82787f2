import { limitName } from '../../change/global-limit.ts';
import { defineCommand } from '../../define-command.ts';
import { readGlobalLimit } from '../../find/global-limit.ts';
import { output } from '../../options.ts';
import { GLOBAL_LIMIT_COLUMNS } from '../../render/global-limit-columns.ts';
import { printRecord } from '../../render/print.ts';
import { withClient } from '../../with-client.ts';

export const command = defineCommand({
  arguments: { name: limitName },
  options: { output },
  examples: ['sluice global-concurrency-limit inspect warehouse', 'sluice gcl inspect warehouse -o json'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => printRecord(await readGlobalLimit(client, args.name), GLOBAL_LIMIT_COLUMNS, options.output)),
});
