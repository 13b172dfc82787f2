import { listTagLimits } from '../../find/tag-limit.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { printList } from '../../render/print.ts';
import { TAG_LIMIT_COLUMNS } from '../../render/tag-limit-columns.ts';

export const command = defineCommand({
  options: { output },
  examples: ['sluice concurrency-limit ls'],
  run: ({ options, globals }) => withClient(globals, async (client) => printList(await listTagLimits(client), TAG_LIMIT_COLUMNS, options.output)),
});
