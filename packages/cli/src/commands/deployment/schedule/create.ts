import { SluiceError } from '@sluice/core/errors/sluice-error';
import { CATCHUPS, type ScheduleCreate } from '@sluice/core/model/schedule';
import { yes } from '../../../change/delete-records.ts';
import { deploymentName } from '../../../change/deployment.ts';
import { readNamedDeployment } from '../../../find/deployment.ts';
import { defineCommand } from '../../../program/define-command.ts';
import { choice, decimal, flag, output, text } from '../../../program/options.ts';
import { withClient } from '../../../program/with-client.ts';
import { confirm } from '../../../render/confirm.ts';
import { counted } from '../../../render/counted.ts';
import { say, tell } from '../../../render/message.ts';
import { isJson, printList } from '../../../render/print.ts';
import { scheduleText } from '../../../render/schedule-columns.ts';

interface Rule {
  readonly interval: number | undefined;
  readonly anchorDate: string | undefined;
  readonly cron: string | undefined;
  readonly dayOr: boolean;
  readonly rrule: string | undefined;
  readonly timezone: string | undefined;
}

export const command = defineCommand({
  arguments: { name: deploymentName },
  options: {
    interval: decimal('--interval <seconds>', 'Run every so many seconds'),
    anchorDate: text('--anchor-date <time>', 'Where an interval counts from; now when left out'),
    cron: text('--cron <pattern>', 'Run when a clock shows this, such as "0 6 * * *"'),
    dayOr: { ...flag('--no-day_or', 'Both kinds of day of a cron pattern must fit, not one of them'), fallback: true },
    rrule: text('--rrule <rule>', 'Run by a rule of RFC 5545; its text, or {"rrule": …, "timezone": …}'),
    timezone: text('--timezone <name>', 'Whose clock is meant, such as Europe/Berlin'),
    catchup: choice(
      '--catchup <which>',
      'Of its times that pass while no server runs, or while it is off, these get runs; none when left out',
      CATCHUPS,
    ),
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

function scheduleOf({ interval, anchorDate, cron, dayOr, rrule, timezone }: Rule): ScheduleCreate {
  const given = [interval, cron, rrule].filter((each) => each !== undefined);
  if (given.length !== 1) throw usage('Give one of --interval, --cron and --rrule.');
  if (anchorDate !== undefined && interval === undefined) throw usage('--anchor-date is for --interval alone.');
  if (interval !== undefined) return { interval, anchor_date: anchorDate, timezone };
  return cron === undefined ? rruleOf(rrule ?? '', timezone) : { cron, day_or: dayOr, timezone };
}

function rruleOf(typed: string, timezone: string | undefined): ScheduleCreate {
  if (!typed.trimStart().startsWith('{')) return { rrule: typed, timezone };
  try {
    return { ...(JSON.parse(typed) as { rrule: string }), ...(timezone !== undefined && { timezone }) };
  } catch {
    throw usage(`"${typed}" is not JSON.`);
  }
}

const usage = (what: string) => new SluiceError('USAGE', what, { hint: 'sluice deployment schedule create --help shows how.' });
