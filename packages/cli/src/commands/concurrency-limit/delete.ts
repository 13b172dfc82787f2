import { deleteRecords, yes } from '../../change/delete-records.ts';
import { argument, defineCommand } from '../../define-command.ts';
import { withTagLimit } from '../../find/tag-limit.ts';
import { output } from '../../options.ts';
import { withClient } from '../../with-client.ts';

export const command = defineCommand({
  arguments: { tag: argument('<tag>', 'The tag') },
  options: { yes, output },
  examples: ['sluice concurrency-limit delete database', 'sluice concurrency-limit delete database --yes'],
  run: ({ args: { tag }, options, globals }) =>
    withClient(globals, async (client) => {
      const limit = await withTagLimit(client, tag, client.request('GET /concurrency_limits/tag/{tag}', { params: { tag } }));
      await deleteRecords({
        records: [limit],
        options,
        name: (record) => `the concurrency limit of the tag "${record.tag}"`,
        remove: () => client.request('DELETE /concurrency_limits/tag/{tag}', { params: { tag } }),
      });
    }),
});
