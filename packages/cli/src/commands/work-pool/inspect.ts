import type { Client } from '@sluice/client';
import type { WorkPool } from '@sluice/core/model/work-pool';
import { readWorkPool } from '../../find/work-pool.ts';
import { isOnline, listWorkers } from '../../find/workers.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { type Column, column } from '../../render/column.ts';
import { POOL_COLUMNS } from '../../render/place-columns.ts';
import { isJson, printRecord } from '../../render/print.ts';

export const command = defineCommand({
  arguments: { name: argument('<name>', 'The work pool') },
  options: { output },
  examples: ['sluice work-pool inspect default-pool'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const pool = await readWorkPool(client, args.name);
      const fields = isJson(options.output) ? [] : [...POOL_COLUMNS, ...(await liveFields(client, pool))];
      await printRecord(pool, fields, options.output);
    }),
});

/** What is not in the record: who works for the pool, and what waits in it. */
async function liveFields(client: Client, { name }: WorkPool): Promise<Column<WorkPool>[]> {
  const count = (type: 'SCHEDULED' | 'RUNNING') =>
    client.request('POST /flow_runs/count', { body: { work_pools: { name: { any_: [name] } }, flow_runs: { state: { type: { any_: [type] } } } } });
  const [workers, scheduled, running] = await Promise.all([listWorkers(client, name), count('SCHEDULED'), count('RUNNING')]);
  const online = workers.filter(isOnline);
  return [
    column('Workers online', () => (online.length > 0 ? `${online.length} (${online.map((worker) => worker.name).join(', ')})` : '0')),
    column('Runs waiting', () => scheduled),
    column('Runs running', () => running),
  ];
}
