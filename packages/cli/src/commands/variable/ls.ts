import { listUpTo } from '../../find/list-up-to.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output, whole } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { printList } from '../../render/print.ts';
import { VARIABLE_COLUMNS } from '../../render/variable-columns.ts';

export const command = defineCommand({
  options: { limit: whole('--limit <number>', 'How many to list, by their names; all when left out', undefined), output },
  examples: ['sluice variable ls'],
  run: ({ options, globals }) =>
    withClient(globals, async (client) => {
      const variables = await listUpTo(options.limit ?? Number.POSITIVE_INFINITY, (page) => client.request('POST /variables/filter', { body: page }));
      await printList(variables, VARIABLE_COLUMNS, options.output);
    }),
});
