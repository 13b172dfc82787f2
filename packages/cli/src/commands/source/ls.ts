import { pageAll } from '@sluice/client';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { printList } from '../../render/print.ts';
import { SOURCE_COLUMNS } from '../../render/source-columns.ts';

export const command = defineCommand({
  options: { output },
  examples: ['sluice source ls'],
  run: ({ options, globals }) =>
    withClient(globals, async (client) => {
      const sources = await pageAll((page) => client.request('POST /sources/filter', { body: page }));
      await printList(sources, SOURCE_COLUMNS, options.output);
    }),
});
