import { deleteRecords, yes } from '../../../change/delete-records.ts';
import { deploymentName } from '../../../change/deployment.ts';
import { readNamedDeployment } from '../../../find/deployment.ts';
import { findSchedule } from '../../../find/schedule.ts';
import { argument, defineCommand } from '../../../program/define-command.ts';
import { output } from '../../../program/options.ts';
import { withClient } from '../../../program/with-client.ts';
import { scheduleText } from '../../../render/schedule-columns.ts';

export const command = defineCommand({
  arguments: { name: deploymentName, schedule: argument('<schedule>', 'The id or the slug of its schedule') },
  options: { yes, output },
  examples: ['sluice deployment schedule delete my-flow/nightly hourly'],
  run: ({ args, options, globals }) =>
    withClient(globals, async (client) => {
      const named = await readNamedDeployment(client, args.name);
      await deleteRecords({
        records: [findSchedule(named, args.schedule)],
        options,
        name: ({ id, schedule }) => `schedule ${id} of ${named.name} (${scheduleText(schedule)})`,
        remove: ({ id: schedule_id, deployment_id: id }) =>
          client.request('DELETE /deployments/{id}/schedules/{schedule_id}', { params: { id, schedule_id } }),
      });
    }),
});
