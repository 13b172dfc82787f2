import { reportChange } from '../../change/report-change.ts';
import { withTagLimit } from '../../find/tag-limit.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { tag: argument('<tag>', 'The tag') },
  options: { output },
  examples: ['sluice concurrency-limit reset database'],
  run: ({ args: { tag }, options, globals }) =>
    withClient(globals, async (client) => {
      const params = { tag };
      await withTagLimit(client, tag, client.request('POST /concurrency_limits/tag/{tag}/reset', { params, body: {} }));
      const done = `Freed all slots of the tag "${tag}". Tasks that held one go on without it.`;
      await reportChange(options.output, done, () => client.request('GET /concurrency_limits/tag/{tag}', { params }));
    }),
});
