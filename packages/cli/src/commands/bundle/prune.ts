import { defineCommand } from '../../program/define-command.ts';
import { output, whole } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { bytes } from '../../render/bytes.ts';
import { counted } from '../../render/counted.ts';
import { say } from '../../render/message.ts';
import { isJson, printRecord } from '../../render/print.ts';

export const command = defineCommand({
  options: { days: whole('--days <number>', 'Only those that nobody has deployed for so many days', 0, { min: 0 }), output },
  examples: ['sluice bundle prune', 'sluice bundle prune --days 7'],
  run: ({ options, globals }) =>
    withClient(globals, async (client) => {
      const pruned = await client.request('POST /bundles/prune', { body: { days: options.days } });
      if (isJson(options.output)) return printRecord(pruned, [], options.output);
      say(`Removed ${counted(pruned.names.length, 'bundle', 'bundles')}, ${bytes(pruned.bytes)}.`);
    }),
});
