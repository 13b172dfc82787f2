import { findBlockType } from '../../../find/block.ts';
import { argument, defineCommand } from '../../../program/define-command.ts';
import { output } from '../../../program/options.ts';
import { withClient } from '../../../program/with-client.ts';
import { BLOCK_TYPE_FIELDS } from '../../../render/block-columns.ts';
import { printRecord } from '../../../render/print.ts';

export const command = defineCommand({
  arguments: { slug: argument('<slug>', 'The slug of the type') },
  options: { output },
  examples: ['sluice block type inspect secret'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => printRecord(await findBlockType(client, args.slug), BLOCK_TYPE_FIELDS, options.output)),
});
