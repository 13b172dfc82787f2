import { flowNames } from '../../find/flow-names.ts';
import { hours, upcomingRuns } from '../../find/upcoming.ts';
import { readWorkPool } from '../../find/work-pool.ts';
import { argument, defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { printList } from '../../render/print.ts';
import { upcomingColumns } from '../../render/upcoming-columns.ts';

export const command = defineCommand({
  arguments: { name: argument('[name]', 'The work pool; the setting SLUICE_WORK_POOL when left out') },
  options: { hours, output },
  examples: ['sluice work-pool preview default-pool --hours 24'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client, { work_pool }) => {
      const { name } = await readWorkPool(client, args.name ?? work_pool);
      const runs = await upcomingRuns(client, { pool: name, hours: options.hours });
      await printList(runs, upcomingColumns(await flowNames(client, runs)), options.output);
    }),
});
