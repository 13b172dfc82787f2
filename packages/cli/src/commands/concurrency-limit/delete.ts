import { deleteRecords, yes } from '../../change/delete-records.ts';
import { withTagLimit } from '../../find/tag-limit.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { tag: argument('<tag>', 'The tag') },
  options: { yes, output },
  examples: ['sluice concurrency-limit delete database', 'sluice concurrency-limit delete database --yes'],
  run: ({ args: { tag }, options, globals }) =>
    withClient(globals, async (client) => {
      const limit = await withTagLimit(client, tag, client.request('GET /concurrency_limits/tag/{tag}', { params: { tag } }));
      const holders = limit.active_slots.length;
      await deleteRecords({
        records: [limit],
        options,
        warning: holders > 0 ? `${holders} of its slots are taken; those who wait for one go on at once without it.` : undefined,
        name: (record) => `the concurrency limit of the tag "${record.tag}"`,
        remove: () => client.request('DELETE /concurrency_limits/tag/{tag}', { params: { tag } }),
      });
    }),
});
