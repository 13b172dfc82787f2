import type { RouteInput } from '@sluice/core/api/routes';
import type { DeploymentSchedule } from '@sluice/core/model/schedule';
import { type Act, act } from '../acts/act.ts';
import { sluice } from '../acts/call-text.ts';
import { scheduleWords } from './schedule-words.ts';

export type NewSchedule = RouteInput<'POST /deployments/{id}/schedules'>['body'][number];

/** A deployment as its schedules need it: its id, and how the command line calls it. */
export interface Owner {
  readonly id: string;
  readonly name: string;
}

function flagsOf({ schedule, active }: NewSchedule): (string | number)[] {
  const when =
    'interval' in schedule
      ? ['--interval', schedule.interval, ...(schedule.anchor_date ? ['--anchor-date', schedule.anchor_date] : [])]
      : 'cron' in schedule
        ? ['--cron', schedule.cron]
        : ['--rrule', schedule.rrule];
  return [...when, ...(schedule.timezone ? ['--timezone', schedule.timezone] : []), ...(active === false ? ['--no-active'] : [])];
}

export const addAct = ({ id, name }: Owner, schedule: NewSchedule): Act =>
  act(
    'POST /deployments/{id}/schedules',
    { params: { id }, body: [schedule] },
    {
      title: `Add a schedule to ${name}`,
      about: 'The server makes a run for each of its times, some ahead.',
      confirm: 'Add',
      done: `${name} has one schedule more.`,
      command: sluice('deployment', 'schedule', 'create', name, ...flagsOf(schedule)),
    },
  );

/** Switches a schedule off, or on again. */
export function switchAct({ id, name }: Owner, { id: schedule_id, active, schedule }: DeploymentSchedule): Act {
  const words = scheduleWords(schedule);
  return act(
    'PATCH /deployments/{id}/schedules/{schedule_id}',
    { params: { id, schedule_id }, body: { active: !active } },
    {
      title: `Switch ${active ? 'off' : 'on'}: ${words}`,
      about: active
        ? `It makes no runs of ${name} until it is switched on. Those that it has made, and that have not started, go.`
        : `It makes runs of ${name} again.`,
      confirm: active ? 'Switch off' : 'Switch on',
      done: `The schedule is ${active ? 'off' : 'on'}.`,
      command: sluice('deployment', 'schedule', active ? 'pause' : 'resume', name, schedule_id),
    },
  );
}

export const deleteAct = ({ id, name }: Owner, { id: schedule_id, schedule }: DeploymentSchedule): Act =>
  act(
    'DELETE /deployments/{id}/schedules/{schedule_id}',
    { params: { id, schedule_id } },
    {
      title: `Delete the schedule: ${scheduleWords(schedule)}`,
      about: `Runs of ${name} that it has made, and that have not started, go with it.`,
      confirm: 'Delete',
      kind: 'danger',
      done: 'The schedule is deleted.',
      command: sluice('deployment', 'schedule', 'delete', name, schedule_id, '--yes'),
    },
  );
