import { listBlocks } from '../../find/block.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { BLOCK_COLUMNS } from '../../render/block-columns.ts';
import { printList } from '../../render/print.ts';

export const command = defineCommand({
  options: { output },
  examples: ['sluice block ls'],
  run: ({ options, globals }) => withClient(globals, async (client) => printList(await listBlocks(client), BLOCK_COLUMNS, options.output)),
});
