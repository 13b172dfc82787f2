import { SluiceError } from '@sluice/core/errors/sluice-error';
import { deleteRecords, yes } from '../../change/delete-records.ts';
import { notFound } from '../../find/or-nearest.ts';
import { readWorkPool } from '../../find/work-pool.ts';
import { isOnline, listWorkers } from '../../find/workers.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output, text } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';

export const command = defineCommand({
  arguments: { name: argument('<name>', 'The worker') },
  options: { pool: text('-p, --pool <name>', 'Its work pool; the setting SLUICE_WORK_POOL when left out'), yes, output },
  examples: ['sluice worker delete etl-worker-1 --pool default-pool', 'sluice worker delete etl-worker-1 --yes'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client, settings) => {
      const pool = options.pool ?? settings.work_pool;
      await readWorkPool(client, pool);
      const workers = await listWorkers(client, pool);
      const worker = workers.find(({ name }) => name === args.name);
      if (!worker) {
        const wanted = { noun: `worker of the work pool "${pool}"`, name: args.name, listed: 'sluice worker ls' };
        throw notFound(
          wanted,
          workers.map(({ name }) => name),
        );
      }
      if (isOnline(worker)) {
        throw new SluiceError('CONFLICT', `The worker "${worker.name}" is online: it would be back with its next heartbeat.`, {
          hint: 'Stop it first. A killed worker counts as online until it has been silent for a while.',
        });
      }
      await deleteRecords({
        records: [worker],
        options,
        name: ({ name }) => `worker "${name}" of work pool "${pool}"`,
        remove: ({ name }) => client.request('DELETE /work_pools/{name}/workers/{worker}', { params: { name: pool, worker: name } }),
      });
    }),
});
