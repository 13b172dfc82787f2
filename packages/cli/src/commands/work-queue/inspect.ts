import { queueName } from '../../change/work-queue.ts';
import { poolOption, readWorkQueue } from '../../find/work-queue.ts';
import { defineCommand } from '../../program/define-command.ts';
import { output } from '../../program/options.ts';
import { withClient } from '../../program/with-client.ts';
import { QUEUE_COLUMNS } from '../../render/place-columns.ts';
import { printRecord } from '../../render/print.ts';

export const command = defineCommand({
  arguments: { name: queueName },
  options: { pool: poolOption, output },
  examples: ['sluice work-queue inspect default --pool default-pool'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client, settings) =>
      printRecord(await readWorkQueue(client, options.pool ?? settings.work_pool, args.name), QUEUE_COLUMNS, options.output),
    ),
});
