import { defineCommand } from '../../define-command.ts';
import { listTagLimits } from '../../find/tag-limit.ts';
import { output } from '../../options.ts';
import { printList } from '../../render/print.ts';
import { TAG_LIMIT_COLUMNS } from '../../render/tag-limit-columns.ts';
import { withClient } from '../../with-client.ts';

export const command = defineCommand({
  options: { output },
  examples: ['sluice concurrency-limit ls'],
  run: ({ options, globals }) => withClient(globals, async (client) => printList(await listTagLimits(client), TAG_LIMIT_COLUMNS, options.output)),
});
