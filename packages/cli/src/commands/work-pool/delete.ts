import { deleteRecords, yes } from '../../change/delete-records.ts';
import { poolName } from '../../change/work-pool.ts';
import { readWorkPool } from '../../find/work-pool.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { name: poolName },
  options: { yes, output },
  examples: ['sluice work-pool delete cleanup-pool', 'sluice work-pool delete cleanup-pool --yes'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      await deleteRecords({
        records: [await readWorkPool(client, args.name)],
        options,
        warning: 'Its deployments will have no pool, its queues are deleted too, and no worker takes the runs that wait in it.',
        name: ({ name }) => `work pool "${name}"`,
        remove: ({ name }) => client.request('DELETE /work_pools/{name}', { params: { name } }),
      });
    }),
});
