import { deleteRecords, yes } from '../../../change/delete-records.ts';
import { deploymentName } from '../../../change/deployment.ts';
import { readNamedDeployment } from '../../../find/deployment.ts';
import { defineCommand } from '../../../program/define-command.ts';
import { output } from '../../../program/options.ts';
import { withClient } from '../../../program/with-client.ts';
import { tell } from '../../../render/message.ts';
import { isJson } from '../../../render/print.ts';
import { scheduleText } from '../../../render/schedule-columns.ts';

export const command = defineCommand({
  arguments: { name: deploymentName },
  options: { yes, output },
  examples: ['sluice deployment schedule clear my-flow/nightly'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const { deployment, name } = await readNamedDeployment(client, args.name);
      if (deployment.schedules.length === 0 && !isJson(options.output)) return tell(`${name} has no schedules.`);
      await deleteRecords({
        records: deployment.schedules,
        options,
        name: ({ id, schedule }) => `schedule ${id} of ${name} (${scheduleText(schedule)})`,
        remove: ({ id: schedule_id, deployment_id: id }) =>
          client.request('DELETE /deployments/{id}/schedules/{schedule_id}', { params: { id, schedule_id } }),
      });
    }),
});
