import { pageAll } from '@sluice/client';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { printList } from '../../render/print.ts';
import { VARIABLE_COLUMNS } from '../../render/variable-columns.ts';

export const command = defineCommand({
  options: { output },
  examples: ['sluice variable ls'],
  run: ({ options, globals }) =>
    withClient(globals, async (client) => {
      const variables = await pageAll((page) => client.request('POST /variables/filter', { body: page }));
      await printList(variables, VARIABLE_COLUMNS, options.output);
    }),
});
