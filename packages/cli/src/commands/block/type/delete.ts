import { deleteRecords, yes } from '../../../change/delete-records.ts';
import { findBlockType } from '../../../find/block.ts';
import { argument, defineCommand } from '../../../program/define-command.ts';
import { output } from '../../../program/options.ts';
import { withClient } from '../../../program/with-client.ts';

export const command = defineCommand({
  arguments: { slug: argument('<slug>', 'The slug of the type') },
  options: { yes, output },
  examples: ['sluice block type delete my-warehouse'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) =>
      deleteRecords({
        records: [await findBlockType(client, args.slug)],
        options,
        name: ({ slug }) => `block type "${slug}"`,
        warning: 'All blocks of the type go with it.',
        remove: ({ id }) => client.request('DELETE /block_types/{id}', { params: { id } }),
      }),
    ),
});
