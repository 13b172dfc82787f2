import { queueName } from '../../change/work-queue.ts';
import { flowNames } from '../../find/flow-names.ts';
import { poolOption, readWorkQueue } from '../../find/work-queue.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { printList } from '../../render/print.ts';
import { upcomingColumns } from '../../render/upcoming-columns.ts';

export const command = defineCommand({
  arguments: { name: queueName },
  options: { pool: poolOption, output },
  examples: ['sluice work-queue read-runs default --pool default-pool'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client, { work_pool }) => {
      const pool = options.pool ?? work_pool;
      const { name } = await readWorkQueue(client, pool, args.name);
      const body = { work_queue_names: [name], scheduled_before: new Date().toISOString() };
      const due = await client.request('POST /work_pools/{name}/get_scheduled_flow_runs', { params: { name: pool }, body });
      const runs = due.map(({ flow_run }) => flow_run);
      await printList(runs, upcomingColumns(await flowNames(client, runs)), options.output);
    }),
});
