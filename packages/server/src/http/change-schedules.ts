import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { DeploymentScheduleUpdate, Schedule, ScheduleCreate } from '@sluice/core/model/schedule';
import type { Sql } from '../db/database.ts';
import { expectSchedule } from '../schedules/expect-schedule.ts';
import { type DeletedRuns, deleteWaitingRuns } from '../store/delete-runs.ts';
import {
  deleteSchedules,
  freeSlugs,
  insertSchedules,
  lockSchedules,
  type NewSchedule,
  readCovered,
  type ScheduleChange,
  scheduleAnew,
  updateSchedule,
} from '../store/schedules.ts';
import type { Generation } from './generation.ts';

/** What a request says of a schedule, with its pattern or rule known to be one that can be read. */
export type AskedSchedule = Omit<DeploymentScheduleUpdate, 'schedule'> & { readonly schedule?: Schedule | undefined };

interface Body {
  readonly schedules?: readonly DeploymentScheduleUpdate[] | undefined;
  readonly schedule?: ScheduleCreate | null | undefined;
}

/** The schedules that a deployment is to have, in either generation's words; undefined when it says nothing of them. */
export function askedSchedules({ schedules, schedule }: Body, now: string): readonly AskedSchedule[] | undefined {
  if (schedules) return schedules.map((one) => readable(one, now));
  if (schedule === undefined) return undefined;
  return schedule === null ? [] : [{ schedule: expectSchedule(schedule, now), active: true }];
}

export function readable({ schedule, ...rest }: DeploymentScheduleUpdate, now: string): AskedSchedule {
  return schedule ? { ...rest, schedule: expectSchedule(schedule, now) } : rest;
}

/** Prefect 3 takes a deployment that is made again without schedules for one that has none. */
export const keepsSchedules = (generation: Generation, body: Body): boolean =>
  generation === 2 && body.schedules === undefined && body.schedule === undefined;

const NO_RULE = 'Unable to create new deployment schedules without a schedule configuration.';

/** A schedule that is to be made. */
export function toNew(asked: AskedSchedule, id: string): NewSchedule {
  const { schedule, active, max_scheduled_runs, parameters, slug, catchup } = asked;
  if (!schedule) throw new SluiceError('INVALID_REQUEST', NO_RULE, { hint: 'Give each new schedule an interval, a cron or an rrule.' });
  return {
    id,
    schedule,
    active: active ?? true,
    max_scheduled_runs: max_scheduled_runs ?? null,
    parameters: parameters ?? {},
    slug: slug ?? null,
    catchup: catchup ?? 'none',
  };
}

/** In place of all that a deployment has. What one of the same rule has missed is missed by the new one. */
export async function replaceSchedules(tx: Sql, deploymentId: string, asked: readonly AskedSchedule[], newId: () => string): Promise<void> {
  const covered = await readCovered(tx, deploymentId);
  const fresh = asked.map((one) => ({ ...toNew(one, newId()), covered_until: covered.get(JSON.stringify(one.schedule)) }));
  await deleteSchedules(tx, deploymentId);
  await insertSchedules(tx, deploymentId, fresh);
}

/** Runs that schedules have made, and that are not what they would be now, go; the scheduler makes others. */
export async function renewRuns(tx: Sql, deploymentId: string, { future = true } = {}): Promise<DeletedRuns> {
  await scheduleAnew(tx, deploymentId, { alsoLate: !future });
  return deleteWaitingRuns(tx, [deploymentId], { auto: true, future });
}

/**
 * What a change of a deployment says of its schedules, as Prefect 3.9.1 reads it: where all have slugs, those of the same slug are
 * changed and others are added; where those that are there have none, all are replaced.
 */
export async function changeSchedules(tx: Sql, deploymentId: string, asked: readonly AskedSchedule[], newId: () => string): Promise<void> {
  const there = await lockSchedules(tx, deploymentId);
  if (there.length === 0 || there.some(({ slug }) => slug === null)) return replaceSchedules(tx, deploymentId, asked, newId);
  if (asked.some(({ slug }) => slug == null)) {
    throw new SluiceError('INVALID_REQUEST', 'Please provide a slug for each schedule in your request to ensure schedules are updated correctly.', {
      hint: `The schedules that are there: ${there.map(({ slug }) => slug).join(', ')}.`,
    });
  }
  const bySlug = new Map(there.map(({ id, slug }) => [slug as string, id]));
  expectSlugs(asked, bySlug);
  const targets = asked.map((one) => ({ one, id: bySlug.get(one.replaces ?? (one.slug as string)) }));
  await freeSlugs(
    tx,
    targets.flatMap(({ one, id }) => (one.replaces && id ? id : [])),
  );
  for (const { one, id } of targets) if (id) await updateSchedule(tx, deploymentId, id, changeOf(one));
  await insertSchedules(
    tx,
    deploymentId,
    targets.flatMap(({ one, id }) => (id ? [] : toNew(one, newId()))),
  );
}

/** Prefect takes parameters that are left out for none. */
export const changeOf = ({ schedule, active, max_scheduled_runs, parameters, slug, catchup }: AskedSchedule): ScheduleChange => ({
  schedule,
  active,
  max_scheduled_runs,
  parameters: parameters ?? {},
  slug,
  catchup,
});

function expectSlugs(asked: readonly AskedSchedule[], there: ReadonlyMap<string, string>): void {
  const replaced = asked.flatMap(({ replaces }) => replaces ?? []);
  const twice = replaced.find((slug, index) => replaced.indexOf(slug) !== index);
  if (twice !== undefined) throw refused(`Multiple schedules have 'replaces' targeting the same slug: ${twice}`);
  const slugs = asked.map(({ slug }) => slug);
  const double = slugs.find((slug, index) => slugs.indexOf(slug) !== index);
  if (double) throw refused(`Two schedules have the slug '${double}'.`);
  for (const { slug, replaces } of asked) {
    if (replaces && slug && there.has(slug) && !replaced.includes(slug))
      throw refused(`Cannot rename schedule from '${replaces}' to '${slug}': a schedule with slug '${slug}' already exists.`);
  }
}

const refused = (why: string) => new SluiceError('INVALID_REQUEST', why, { hint: 'Give each schedule a slug of its own.' });
