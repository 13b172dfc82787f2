import type { RouteOutput } from '@sluice/core/api/routes';
import { EXIT } from '@sluice/core/errors/catalog';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { yes } from '../change/delete-records.ts';
import { deploymentName } from '../change/deployment.ts';
import { readNamedDeployment } from '../find/deployment.ts';
import { called } from '../program/called.ts';
import { defineCommand } from '../program/define-command.ts';
import { moment, output } from '../program/options.ts';
import { withClient } from '../program/with-client.ts';
import { type Column, column } from '../render/column.ts';
import { confirm } from '../render/confirm.ts';
import { counted } from '../render/counted.ts';
import { say, tell } from '../render/message.ts';
import { isJson, printList } from '../render/print.ts';
import { scheduleText } from '../render/schedule-columns.ts';

type Time = RouteOutput<'POST /deployments/{id}/backfill'>[number];

export const command = defineCommand({
  arguments: { name: deploymentName },
  options: {
    from: moment('--from <time>', 'The first time: a date-time, or how long ago, such as 7d'),
    to: moment('--to <time>', 'The last time; now when left out'),
    yes,
    output,
  },
  examples: ['sluice backfill my-flow/nightly --from 2026-11-01 --to 2026-11-07', 'sluice backfill my-flow/nightly --from 7d'],
  run: ({ args, options: { from, to = new Date().toISOString(), yes: sure, output: format }, globals }) =>
    withClient(globals, async (client) => {
      if (from === undefined)
        throw new SluiceError('USAGE', 'Where to begin was not given.', { hint: 'For example: --from 2026-11-01, or --from 7d' });
      if (!(await client.capabilities()).ourRoutes) {
        throw new SluiceError('USAGE', `${client.apiUrl} is not a Sluice server, and cannot backfill.`, { hint: 'Name one: --api-url URL' });
      }
      const { deployment, name } = await readNamedDeployment(client, args.name);
      const active = deployment.schedules.filter((schedule) => schedule.active);
      if (active.length === 0) {
        const hint = `${called(`deployment schedule ls ${name}`)} lists its schedules; resume one, or create one.`;
        throw new SluiceError('CONFLICT', `${name} has no active schedule, so there are no times to run it at.`, { hint });
      }
      const between = { start_time: from, end_time: to };
      const params = { id: deployment.id };
      const plan = await client.request('POST /deployments/{id}/backfill', { params, body: { ...between, dry_run: true } });
      const missing = plan.filter(({ is_there }) => !is_there).length;
      if (!isJson(format)) {
        await printList(plan, columns(active), format);
        tell(`${counted(plan.length, 'time', 'times')} of ${name}; ${plan.length - missing} of them had their runs already.`);
      }
      const asked = sure || (process.stdin.isTTY && missing > 0 && (await confirm(`Make ${counted(missing, 'run', 'runs')}, due now?`)));
      if (missing === 0 || !asked) {
        if (isJson(format)) await printList(plan, [], format);
        if (missing > 0) tell(`Nothing was made.${process.stdin.isTTY ? '' : ' --yes makes the runs without asking.'}`);
        return missing === 0 || process.stdin.isTTY ? EXIT.ok : EXIT.usage;
      }
      const made = await client.request('POST /deployments/{id}/backfill', { params, body: between });
      if (isJson(format)) await printList(made, [], format);
      else say(`Made ${counted(made.filter(({ is_there }) => !is_there).length, 'run', 'runs')} of ${name}.`);
      return EXIT.ok;
    }),
});

const columns = (schedules: readonly { id: string; schedule: Parameters<typeof scheduleText>[0] }[]): readonly Column<Time>[] => {
  const texts = new Map(schedules.map(({ id, schedule }) => [id, scheduleText(schedule)]));
  return [
    column('Time', ({ expected_start_time }) => expected_start_time),
    column('Schedule', ({ schedule_id }) => texts.get(schedule_id) ?? schedule_id),
    column('Run', ({ is_there }) => (is_there ? 'there' : 'missing')),
  ];
};
