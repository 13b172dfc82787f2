import { deploymentName } from '../../../change/deployment.ts';
import { readDeployment } from '../../../find/deployment.ts';
import { defineCommand } from '../../../program/define-command.ts';
import { output } from '../../../program/options.ts';
import { withClient } from '../../../program/with-client.ts';
import { printList } from '../../../render/print.ts';
import { SCHEDULE_COLUMNS } from '../../../render/schedule-columns.ts';

export const command = defineCommand({
  arguments: { name: deploymentName },
  options: { output },
  examples: ['sluice deployment schedule ls my-flow/nightly'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => printList((await readDeployment(client, args.name)).schedules, SCHEDULE_COLUMNS, options.output)),
});
