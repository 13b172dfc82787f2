import { deleteRecords, yes } from '../../change/delete-records.ts';
import { blockPath, findBlock } from '../../find/block.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output, text } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { block: argument('[type/name]', 'The block') },
  options: { id: text('--id <id>', 'Its id instead'), yes, output },
  examples: ['sluice block delete secret/token'],
  run: ({ args, options: { id, ...options }, globals }) =>
    withClient(globals, async (client) =>
      deleteRecords({
        records: [await findBlock(client, { path: args.block, id })],
        options,
        name: (block) => `block ${blockPath(block)}`,
        remove: (block) => client.request('DELETE /block_documents/{id}', { params: { id: block.id } }),
      }),
    ),
});
