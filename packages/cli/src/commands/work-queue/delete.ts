import { deleteRecords, yes } from '../../change/delete-records.ts';
import { queueName } from '../../change/work-queue.ts';
import { poolOption, readWorkQueue } from '../../find/work-queue.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { name: queueName },
  options: { pool: poolOption, yes, output },
  examples: ['sluice work-queue delete bulk --pool default-pool', 'sluice work-queue delete bulk --yes'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client, settings) => {
      const pool = options.pool ?? settings.work_pool;
      await deleteRecords({
        records: [await readWorkQueue(client, pool, args.name)],
        options,
        warning: 'Its deployments will have no queue, and no worker takes the runs that wait in it.',
        name: ({ name }) => `work queue "${name}" of work pool "${pool}"`,
        remove: ({ name }) => client.request('DELETE /work_pools/{name}/queues/{queue}', { params: { name: pool, queue: name } }),
      });
    }),
});
