import { SluiceError } from '@sluice/core/errors/sluice-error';
import { changedRule } from '@sluice/core/schedule/changed-rule';
import { deploymentName } from '../../../change/deployment.ts';
import { reportChange } from '../../../change/report-change.ts';
import { catchup, kindsIn, ruleOptions, typedRule } from '../../../change/schedule-rule.ts';
import { readNamedDeployment } from '../../../find/deployment.ts';
import { findSchedule } from '../../../find/schedule.ts';
import { argument, defineCommand } from '../../../program/define-command.ts';
import { output } from '../../../program/options.ts';
import { withClient } from '../../../program/with-client.ts';

export const command = defineCommand({
  arguments: { name: deploymentName, schedule: argument('<schedule>', 'The id or the slug of its schedule') },
  options: { ...ruleOptions, catchup, output },
  examples: [
    'sluice deployment schedule update my-flow/nightly weekly --cron "0 7 * * 1"',
    'sluice deployment schedule update my-flow/nightly weekly --catchup last',
  ],
  run: ({ args, options: { catchup: missed, output: format, ...typed }, globals }) =>
    withClient(globals, async (client) => {
      const change = typedRule(typed);
      if (kindsIn(change) > 1) throw usage('Give at most one of --interval, --cron and --rrule.');
      const named = await readNamedDeployment(client, args.name);
      const { id: schedule_id, deployment_id: id, schedule: before, parameters } = findSchedule(named, args.schedule);
      const schedule = changedRule(before, change);
      if (!schedule && !missed) throw usage('Nothing is to be changed.');
      if (schedule && change.anchor_date !== undefined && !('interval' in schedule)) throw usage('--anchor-date is for intervals alone.');
      const params = { id, schedule_id };
      // Parameters that are left out are taken for none, as by Prefect.
      const body = { ...(schedule && { schedule }), ...(missed && { catchup: missed }), parameters };
      await client.request('PATCH /deployments/{id}/schedules/{schedule_id}', { params, body });
      await reportChange(format, `Changed schedule ${schedule_id} of ${named.name}.`, async () =>
        findSchedule(await readNamedDeployment(client, named.name), schedule_id),
      );
    }),
});

const usage = (what: string) => new SluiceError('USAGE', what, { hint: 'sluice deployment schedule update --help shows how.' });
