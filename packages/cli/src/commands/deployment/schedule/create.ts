import { yes } from '../../../change/delete-records.ts';
import { deploymentName } from '../../../change/deployment.ts';
import { catchup, scheduleOf, scheduleRule } from '../../../change/schedule-rule.ts';
import { readNamedDeployment } from '../../../find/deployment.ts';
import { defineCommand } from '../../../program/define-command.ts';
import { flag, output } from '../../../program/options.ts';
import { withClient } from '../../../program/with-client.ts';
import { confirm } from '../../../render/confirm.ts';
import { counted } from '../../../render/counted.ts';
import { say, tell } from '../../../render/message.ts';
import { isJson, printList } from '../../../render/print.ts';
import { scheduleText } from '../../../render/schedule-columns.ts';

export const command = defineCommand({
  arguments: { name: deploymentName },
  options: {
    ...scheduleRule,
    catchup,
    active: { ...flag('--no-active', 'Make it paused'), fallback: true },
    replace: flag('--replace', 'Delete the schedules that the deployment has'),
    yes,
    output,
  },
  examples: [
    'sluice deployment schedule create my-flow/nightly --cron "0 6 * * *" --timezone Europe/Berlin',
    'sluice deployment schedule create my-flow/nightly --interval 900 --replace',
    'sluice deployment schedule create my-flow/hourly --cron "0 * * * *" --catchup all',
  ],
  run: ({ args, options: { active, catchup, replace, yes: sure, output: format, ...rule }, globals }) =>
    withClient(globals, async (client) => {
      const schedule = scheduleOf(rule);
      const { deployment, name } = await readNamedDeployment(client, args.name);
      const replaced = replace ? deployment.schedules : [];
      const question = `Replace ${counted(replaced.length, 'schedule', 'schedules')} of ${name}?`;
      if (replaced.length > 0 && !sure && !(await confirm(question))) return tell('Nothing was changed.');
      const params = { id: deployment.id };
      const made = await client.request('POST /deployments/{id}/schedules', { params, body: [{ schedule, active, ...(catchup && { catchup }) }] });
      for (const { id } of replaced) {
        await client.request('DELETE /deployments/{id}/schedules/{schedule_id}', { params: { ...params, schedule_id: id } });
      }
      if (isJson(format)) return printList(made, [], format);
      for (const one of made) say(`Created schedule ${one.id} of ${name} (${scheduleText(one.schedule)}).`);
    }),
});
