import { listUpTo } from '../../find/list-up-to.ts';
import { defineCommand } from '../../program/define-command.ts';
import { flag, output, whole } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { ARTIFACT_COLUMNS } from '../../render/artifact-columns.ts';
import { printList } from '../../render/print.ts';

export const command = defineCommand({
  options: {
    limit: whole('--limit <number>', 'How many to list', 100),
    all: flag('-a, --all', 'All artifacts, not only the newest of each key'),
    output,
  },
  examples: ['sluice artifact ls', 'sluice artifact ls --all --limit 500'],
  run: ({ options: { limit, all, output: format }, globals }) =>
    withClient(globals, async (client) => {
      const artifacts = all
        ? await listUpTo(limit, (page) => client.request('POST /artifacts/filter', { body: page }))
        : await listUpTo(limit, (page) => client.request('POST /artifacts/latest/filter', { body: page }));
      await printList(artifacts, ARTIFACT_COLUMNS, format);
    }),
});
