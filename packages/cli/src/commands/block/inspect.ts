import { findBlock } from '../../find/block.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output, text } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { blockFields } from '../../render/block-columns.ts';
import { printRecord } from '../../render/print.ts';

export const command = defineCommand({
  arguments: { block: argument('[type/name]', 'The block') },
  options: { id: text('--id <id>', 'Its id instead'), output },
  examples: ['sluice block inspect secret/token'],
  run: ({ args, options: { id, output: format }, globals }) =>
    withClient(globals, async (client) => {
      const block = await findBlock(client, { path: args.block, id });
      await printRecord(block, blockFields(block), format);
    }),
});
