import { listBlockTypes } from '../../../find/block.ts';
import { defineCommand } from '../../../program/define-command.ts';
import { output } from '../../../program/options.ts';
import { withClient } from '../../../program/with-client.ts';
import { BLOCK_TYPE_COLUMNS } from '../../../render/block-columns.ts';
import { printList } from '../../../render/print.ts';

export const command = defineCommand({
  options: { output },
  examples: ['sluice block type ls'],
  run: ({ options, globals }) => withClient(globals, async (client) => printList(await listBlockTypes(client), BLOCK_TYPE_COLUMNS, options.output)),
});
