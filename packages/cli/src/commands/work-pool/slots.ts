import { poolName } from '../../change/work-pool.ts';
import { readPoolSlots } from '../../find/slots.ts';
import { readWorkPool } from '../../find/work-pool.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { isJson, printList, printRecord } from '../../render/print.ts';
import { SLOT_COLUMNS, tellSlots } from '../../render/slot-columns.ts';

export const command = defineCommand({
  arguments: { name: poolName },
  options: { output },
  examples: ['sluice work-pool slots default-pool'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const { name } = await readWorkPool(client, args.name);
      const slots = await readPoolSlots(client, name);
      if (isJson(options.output)) return printRecord(slots, [], options.output);
      tellSlots(`work pool "${name}"`, slots);
      const holders = slots.queues.flatMap(({ queue_name: queue, flow_runs }) => flow_runs.map((run) => ({ ...run, queue })));
      await printList(holders, SLOT_COLUMNS, options.output);
    }),
});
