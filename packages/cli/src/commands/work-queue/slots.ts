import { queueName } from '../../change/work-queue.ts';
import { readQueueSlots } from '../../find/slots.ts';
import { poolOption, readWorkQueue } from '../../find/work-queue.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { isJson, printList, printRecord } from '../../render/print.ts';
import { SLOT_COLUMNS, tellSlots } from '../../render/slot-columns.ts';

export const command = defineCommand({
  arguments: { name: queueName },
  options: { pool: poolOption, output },
  examples: ['sluice work-queue slots default --pool default-pool'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client, { work_pool }) => {
      const pool = options.pool ?? work_pool;
      const queue = await readWorkQueue(client, pool, args.name);
      const slots = await readQueueSlots(client, queue);
      if (isJson(options.output)) return printRecord(slots, [], options.output);
      tellSlots(`work queue "${queue.name}" of work pool "${pool}"`, slots);
      const holders = slots.flow_runs.map((run) => ({ ...run, queue: queue.name }));
      await printList(holders, SLOT_COLUMNS, options.output);
    }),
});
