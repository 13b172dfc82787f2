import { queueName } from '../../change/work-queue.ts';
import { flowNames } from '../../find/flow-names.ts';
import { hours, upcomingRuns } from '../../find/upcoming.ts';
import { poolOption, readWorkQueue } from '../../find/work-queue.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { printList } from '../../render/print.ts';
import { upcomingColumns } from '../../render/upcoming-columns.ts';

export const command = defineCommand({
  arguments: { name: queueName },
  options: { pool: poolOption, hours, output },
  examples: ['sluice work-queue preview default --pool default-pool --hours 24'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client, { work_pool }) => {
      const pool = options.pool ?? work_pool;
      const { name } = await readWorkQueue(client, pool, args.name);
      const runs = await upcomingRuns(client, { pool, queue: name, hours: options.hours });
      await printList(runs, upcomingColumns(await flowNames(client, runs)), options.output);
    }),
});
