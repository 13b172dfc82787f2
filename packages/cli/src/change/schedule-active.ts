import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { DeploymentSchedule } from '@sluice/core/model/schedule';
import { listDeployments, type NamedDeployment, readNamedDeployment } from '../find/deployment.ts';
import { findSchedule } from '../find/schedule.ts';
import { argument, type Command, defineCommand } from '../program/define-command.ts';
import { flag, output } from '../program/options.ts';
import { withClient } from '../program/with-client.ts';
import { confirm } from '../render/confirm.ts';
import { counted } from '../render/counted.ts';
import { say, tell } from '../render/message.ts';
import { isJson, printList } from '../render/print.ts';
import { yes } from './delete-records.ts';

const args = {
  deployment: argument('[flow/deployment]', 'The deployment'),
  schedule: argument('[schedule]', 'The id or the slug of its schedule'),
};

/** The commands that switch schedules on and off. */
export function switchSchedules(active: boolean) {
  const verb = active ? 'resume' : 'pause';
  const options = { all: flag('--all', `${active ? 'Resume' : 'Pause'} the schedules of all deployments`), yes, output };
  return defineCommand({
    arguments: args,
    options,
    examples: [`sluice deployment schedule ${verb} my-flow/nightly hourly`, `sluice deployment schedule ${verb} --all`],
    run: ({ args: { deployment, schedule }, options: { all, yes: sure, output: format }, globals }) =>
      withClient(globals, async (client) => {
        const meant = await meantSchedules(client, { deployment, schedule, all });
        const changing = meant.filter((each) => each.active !== active);
        const question = `${active ? 'Resume' : 'Pause'} ${counted(changing.length, 'schedule', 'schedules')}?`;
        if (all && changing.length > 0 && !sure && !(await confirm(question))) return tell('Nothing was changed.');
        for (const { id: schedule_id, deployment_id: id, parameters } of changing) {
          // Parameters that are left out are taken for none, as by Prefect.
          await client.request('PATCH /deployments/{id}/schedules/{schedule_id}', { params: { id, schedule_id }, body: { active, parameters } });
        }
        if (isJson(format))
          return printList(
            changing.map((each) => ({ ...each, active })),
            [],
            format,
          );
        const done = active ? 'Resumed' : 'Paused';
        say(changing.length > 0 ? `${done} ${counted(changing.length, 'schedule', 'schedules')}.` : `Nothing to ${verb}.`);
      }),
  }) satisfies Command<typeof args, typeof options>;
}

interface Meant {
  readonly deployment: string | undefined;
  readonly schedule: string | undefined;
  readonly all: boolean;
}

async function meantSchedules(client: Client, { deployment, schedule, all }: Meant): Promise<readonly DeploymentSchedule[]> {
  if (all !== (deployment === undefined) || (!all && schedule === undefined)) {
    throw new SluiceError('USAGE', 'Name a deployment and its schedule, or give --all.', {
      hint: 'sluice deployment schedule ls lists the schedules of a deployment.',
    });
  }
  if (deployment === undefined) return (await listDeployments(client)).flatMap((each: NamedDeployment) => each.deployment.schedules);
  return [findSchedule(await readNamedDeployment(client, deployment), schedule ?? '')];
}
