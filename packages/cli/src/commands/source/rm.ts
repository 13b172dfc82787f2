import { deleteRecords, yes } from '../../change/delete-records.ts';
import { findSourceRecord } from '../../find/source.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { name: argument('<name>', 'The name of the source') },
  options: { yes, output },
  examples: ['sluice source rm shop'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      await deleteRecords({
        records: [await findSourceRecord(client, args.name)],
        options,
        warning: 'Workers that do not know its URL themselves cannot read it any more.',
        name: ({ name }) => `the URL of source "${name}"`,
        remove: ({ id }) => client.request('DELETE /sources/{id}', { params: { id } }),
      });
    }),
});
