import type { Worker } from '@sluice/core/model/worker';
import { listWorkPools, readWorkPool } from '../../find/work-pool.ts';
import { isOnline, listWorkers } from '../../find/workers.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output, text } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { column, instantColumn, painted } from '../../render/column.ts';
import { printList } from '../../render/print.ts';

export const command = defineCommand({
  options: { pool: text('-p, --pool <name>', 'Only workers of this work pool'), output },
  examples: ['sluice worker ls', 'sluice worker ls --pool default-pool -o json'],
  run: ({ options, globals }) =>
    withClient(globals, async (client) => {
      const pools = options.pool === undefined ? await listWorkPools(client) : [await readWorkPool(client, options.pool)];
      const workers = (await Promise.all(pools.map(({ name }) => listWorkers(client, name)))).flat();
      const poolNames = new Map(pools.map(({ id, name }) => [id, name]));
      const server = workers.some(({ version }) => version) ? (await client.request('GET /admin/status')).sluice_version : undefined;
      await printList(workers, columns(poolNames, server), options.output);
    }),
});

const columns = (poolNames: ReadonlyMap<string, string>, server: string | undefined) => [
  column<Worker>('Name', ({ name }) => name),
  column<Worker>('Work pool', ({ work_pool_id }) => poolNames.get(work_pool_id)),
  painted<Worker>(
    'Status',
    ({ status }) => status,
    (worker) => (isOnline(worker) ? 'green' : 'gray'),
  ),
  column<Worker>('Runs', ({ active_slots, concurrency_limit }) => (concurrency_limit === null ? '' : `${active_slots ?? 0}/${concurrency_limit}`)),
  painted<Worker>(
    'Version',
    ({ version }) => (version === null || version === undefined ? '' : version === server ? version : `${version}, the server ${server}`),
    ({ version }) => (version === server ? 'gray' : 'yellow'),
  ),
  column<Worker>('Host', ({ host }) => host),
  column<Worker>('PID', ({ pid }) => pid),
  instantColumn<Worker>('Last heartbeat', ({ last_heartbeat_time }) => last_heartbeat_time),
];
