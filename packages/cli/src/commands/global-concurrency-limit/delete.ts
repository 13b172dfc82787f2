import { deleteRecords, yes } from '../../change/delete-records.ts';
import { limitName } from '../../change/global-limit.ts';
import { readGlobalLimit } from '../../find/global-limit.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { name: limitName },
  options: { yes, output },
  examples: ['sluice global-concurrency-limit delete warehouse', 'sluice gcl delete warehouse --yes'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const limit = await readGlobalLimit(client, args.name);
      await deleteRecords({
        records: [limit],
        options,
        warning:
          limit.active_slots > 0 ? `${limit.active_slots} of its slots are taken; those who wait for one go on at once without it.` : undefined,
        name: ({ name }) => `global concurrency limit "${name}"`,
        remove: ({ id }) => client.request('DELETE /v2/concurrency_limits/{id_or_name}', { params: { id_or_name: id } }),
      });
    }),
});
