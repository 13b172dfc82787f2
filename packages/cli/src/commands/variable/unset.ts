import { deleteRecords, yes } from '../../change/delete-records.ts';
import { findVariable } from '../../find/variable.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { name: argument('<name>', 'The name of the variable') },
  options: { yes, output },
  examples: ['sluice variable unset region'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      await deleteRecords({
        records: [await findVariable(client, args.name)],
        options,
        name: ({ name }) => `variable "${name}"`,
        remove: ({ id }) => client.request('DELETE /variables/{id}', { params: { id } }),
      });
    }),
});
