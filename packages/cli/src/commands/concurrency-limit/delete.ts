import { argument, defineCommand } from '../../define-command.ts';
import { withTagLimit } from '../../find/tag-limit.ts';
import { say } from '../../render/message.ts';
import { withClient } from '../../with-client.ts';

export const command = defineCommand({
  arguments: { tag: argument('<tag>', 'The tag') },
  examples: ['sluice concurrency-limit delete database'],
  run: ({ args: { tag }, globals }) =>
    withClient(globals, async (client) => {
      await withTagLimit(client, tag, client.request('DELETE /concurrency_limits/tag/{tag}', { params: { tag } }));
      say(`Deleted the concurrency limit of the tag "${tag}".`);
    }),
});
