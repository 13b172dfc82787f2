import type { RouteInput } from '@sluice/core/api/routes';
import type { Catchup, DeploymentSchedule } from '@sluice/core/model/schedule';
import type { RuleChange } from '@sluice/core/schedule/changed-rule';
import { type Act, act } from '../acts/act.ts';
import { sluice } from '../acts/call-text.ts';
import { scheduleWords } from './schedule-words.ts';

export type NewSchedule = RouteInput<'POST /deployments/{id}/schedules'>['body'][number];
type Patch = RouteInput<'PATCH /deployments/{id}/schedules/{schedule_id}'>['body'];

/** A deployment as its schedules need it: its id, and how the command line calls it. */
export interface Owner {
  readonly id: string;
  readonly name: string;
}

/** What the command line calls a rule, or a change of one. */
const ruleFlags = ({ interval, anchor_date: anchor, cron, rrule, timezone }: RuleChange) =>
  Object.entries({ '--interval': interval, '--anchor-date': anchor, '--cron': cron, '--rrule': rrule, '--timezone': timezone }).flatMap(
    ([flag, value]) => (value ? [flag, value] : []),
  );
const catchupFlags = (catchup: Catchup | null | undefined) => (catchup ? ['--catchup', catchup] : []);

/** Parameters that are left out are taken for none, as by Prefect. */
const patch = ({ parameters }: DeploymentSchedule, change: Patch): Patch => ({ ...change, parameters });

export const addAct = ({ id, name }: Owner, { schedule, active, catchup }: NewSchedule): Act =>
  act(
    'POST /deployments/{id}/schedules',
    { params: { id }, body: [{ schedule, active, ...(catchup && { catchup }) }] },
    {
      title: `Add a schedule to ${name}`,
      about: 'The server makes a run for each of its times, some ahead.',
      confirm: 'Add',
      done: `${name} has one schedule more.`,
      command: sluice(
        'deployment',
        'schedule',
        'create',
        name,
        ...ruleFlags(schedule as RuleChange),
        ...catchupFlags(catchup),
        ...(active === false ? ['--no-active'] : []),
      ),
    },
  );

export interface ScheduleChange {
  /** What of the rule is said anew. */
  readonly change: RuleChange;
  /** The whole rule that comes of it; none where the rule stays. */
  readonly schedule: NewSchedule['schedule'] | undefined;
  readonly catchup?: Catchup;
}

/** `asSeen`: the schedule as the person knows it, whose parameters stay. */
export const editAct = (
  { id, name }: Owner,
  before: DeploymentSchedule,
  { change, schedule, catchup }: ScheduleChange,
  asSeen: DeploymentSchedule,
): Act =>
  act(
    'PATCH /deployments/{id}/schedules/{schedule_id}',
    { params: { id, schedule_id: before.id }, body: patch(asSeen, { ...(schedule && { schedule }), ...(catchup && { catchup }) }) },
    {
      title: `Change the schedule: ${scheduleWords(before.schedule)}`,
      about: `Runs of ${name} that it has made, and that have not started, are made anew.`,
      confirm: 'Save',
      done: 'The schedule is changed.',
      command: sluice('deployment', 'schedule', 'update', name, before.id, ...ruleFlags(change), ...catchupFlags(catchup)),
      asSeen,
    },
  );

/** Switches a schedule off, or on again. */
export function switchAct({ id, name }: Owner, before: DeploymentSchedule): Act {
  const { id: schedule_id, active, schedule } = before;
  const words = scheduleWords(schedule);
  return act(
    'PATCH /deployments/{id}/schedules/{schedule_id}',
    { params: { id, schedule_id }, body: patch(before, { active: !active }) },
    {
      title: `Switch ${active ? 'off' : 'on'}: ${words}`,
      about: active
        ? `It makes no runs of ${name} until it is switched on. Those that it has made, and that have not started, go.`
        : `It makes runs of ${name} again.`,
      confirm: active ? 'Switch off' : 'Switch on',
      done: `The schedule is ${active ? 'off' : 'on'}.`,
      command: sluice('deployment', 'schedule', active ? 'pause' : 'resume', name, schedule_id),
      asSeen: before,
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
