import { pageAll } from '@sluice/client';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { BUNDLE_COLUMNS } from '../../render/bundle-columns.ts';
import { printList } from '../../render/print.ts';

export const command = defineCommand({
  options: { output },
  examples: ['sluice bundle ls'],
  run: ({ options, globals }) =>
    withClient(globals, async (client) => {
      const bundles = await pageAll((page) => client.request('POST /bundles/filter', { body: page }));
      await printList(bundles, BUNDLE_COLUMNS, options.output);
    }),
});
