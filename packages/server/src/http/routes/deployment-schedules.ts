import { SluiceError } from '@sluice/core/errors/sluice-error';
import { type Micros, SECOND, toInstant, toMicros } from '@sluice/core/lib/time';
import type { Sql } from '../../db/database.ts';
import { isUniqueError } from '../../db/failure.ts';
import { backfill } from '../../schedules/backfill.ts';
import { AHEAD, scheduleBetween } from '../../schedules/schedule-runs.ts';
import type { DeletedRuns } from '../../store/delete-runs.ts';
import { setPaused } from '../../store/deployments.ts';
import { takeSchedulesOf } from '../../store/due-schedules.ts';
import { readClock } from '../../store/lock-runs.ts';
import { readRecord } from '../../store/records.ts';
import { deleteSchedules, insertSchedules, listSchedules, lockSchedules, scheduleAnew, updateSchedule } from '../../store/schedules.ts';
import { changeOf, readable, renewRuns, toNew } from '../change-schedules.ts';
import { expectFound, missing } from '../found.ts';
import { type Deps, type Handlers, Reply } from '../handlers.ts';
import { expectUnchanged } from '../if-unchanged.ts';

type Keys =
  | Extract<keyof Handlers, `${string} /deployments/{id}/schedules${string}`>
  | 'POST /deployments/{id}/schedule'
  | 'POST /deployments/{id}/backfill'
  | 'POST /deployments/{id}/pause_deployment'
  | 'POST /deployments/{id}/resume_deployment'
  | 'POST /deployments/{id}/set_schedule_active'
  | 'POST /deployments/{id}/set_schedule_inactive';

/** Ten years, as far as a person may ask for runs. */
const FARTHEST: Micros = 3653 * 86_400 * SECOND;

export const deploymentScheduleHandlers = ({ database, database: { sql }, desk, door, newId, newName }: Deps): Handlers<Keys> => {
  const expectDeployment = async (tx: Sql, id: string) => {
    if (!(await readRecord(tx, 'deployment_view', { id }))) throw missing(`Deployment ${id}`);
  };
  const tell = (id: string, { flow_runs, limits }: DeletedRuns = { flow_runs: [], limits: [] }) =>
    desk.publish({ claimable: true, flow_runs, limits, records: { deployment: [id] } });
  const pause = (paused: boolean, andThen: (tx: Sql, id: string) => Promise<DeletedRuns | undefined>) => async (id: string) => {
    const deleted = await database.transaction(async (tx) => {
      await lockSchedules(tx, id);
      expectFound(`Deployment ${id}`, await setPaused(tx, id, paused));
      return andThen(tx, id);
    });
    tell(id, deleted);
    return null;
  };
  const pauseIt = pause(true, (tx, id) => renewRuns(tx, id, { future: false }));
  const resumeIt = pause(false, (tx, id) => scheduleAnew(tx, id).then(() => undefined));
  /** A change of schedules, with the runs that it makes wrong. */
  const change = async (id: string, edit: (tx: Sql) => Promise<void>, { future = true } = {}) => {
    const deleted = await database.transaction(async (tx) => {
      await expectDeployment(tx, id);
      await lockSchedules(tx, id);
      await edit(tx);
      return renewRuns(tx, id, { future });
    });
    tell(id, deleted);
  };
  return {
    'POST /deployments/{id}/pause_deployment': ({ params }) => pauseIt(params.id),
    'POST /deployments/{id}/resume_deployment': ({ params }) => resumeIt(params.id),
    'POST /deployments/{id}/set_schedule_inactive': ({ params }) => pauseIt(params.id),
    'POST /deployments/{id}/set_schedule_active': ({ params }) => resumeIt(params.id),
    'GET /deployments/{id}/schedules': async ({ params }) => {
      await expectDeployment(sql, params.id);
      return new Reply(await listSchedules(sql, params.id));
    },
    'POST /deployments/{id}/schedules': async ({ params, body }) => {
      const now = toInstant(await readClock(sql));
      const fresh = body.map((asked) => toNew(readable(asked, now), newId()));
      const made = database.transaction(async (tx) => {
        await expectDeployment(tx, params.id);
        await insertSchedules(tx, params.id, fresh);
      });
      await made.catch(refuseTakenSlug);
      tell(params.id);
      return new Reply(
        await listSchedules(
          sql,
          params.id,
          fresh.map(({ id }) => id),
        ),
        201,
      );
    },
    'PATCH /deployments/{id}/schedules/{schedule_id}': async (request) => {
      const { params, body } = request;
      const asked = readable(body, toInstant(await readClock(sql)));
      const key = { id: params.schedule_id, deployment_id: params.id };
      await change(params.id, async (tx) => {
        // Not before the schedules are locked, all in their order: of two who change one each, neither waits for the other.
        await expectUnchanged(tx, request, { table: 'deployment_schedule', key, what: noSchedule(params.schedule_id) });
        const wasThere = await updateSchedule(tx, params.id, params.schedule_id, changeOf(asked)).catch(refuseTakenSlug);
        expectFound(noSchedule(params.schedule_id), wasThere);
      });
      return undefined;
    },
    'DELETE /deployments/{id}/schedules/{schedule_id}': async ({ params }) => {
      await change(
        params.id,
        async (tx) => {
          expectFound(noSchedule(params.schedule_id), await deleteSchedules(tx, params.id, params.schedule_id));
        },
        { future: false },
      );
      return undefined;
    },
    'POST /deployments/{id}/schedule': async ({ params, body }) => {
      await expectDeployment(sql, params.id);
      const from = body.start_time ? toMicros(body.start_time) : await readClock(sql);
      const to = Math.min(body.end_time ? toMicros(body.end_time) : from + AHEAD.to, from + FARTHEST);
      const reach = from + (body.min_time == null ? AHEAD.reach : body.min_time * SECOND);
      const ahead = { from, to, reach, min: body.min_runs ?? AHEAD.min, max: body.max_runs ?? AHEAD.max };
      const news = await database.transaction(async (tx) =>
        scheduleBetween(tx, await takeSchedulesOf(tx, params.id), ahead, { door, newId, newName }),
      );
      desk.publish(news);
      return null;
    },
    'POST /deployments/{id}/backfill': async ({ params, body }) => {
      await expectDeployment(sql, params.id);
      const [from, to] = [toMicros(body.start_time), toMicros(body.end_time)];
      if (to - from > FARTHEST) throw tooFar();
      const { times, news } = await database.transaction(async (tx) =>
        backfill(tx, { schedules: await takeSchedulesOf(tx, params.id), from, to, dryRun: body.dry_run }, { door, newId, newName }),
      );
      if (news) desk.publish(news);
      return times.map(({ scheduleId, time, isThere }) => ({ schedule_id: scheduleId, expected_start_time: toInstant(time), is_there: isThere }));
    },
  };
};

const noSchedule = (id: string) => `Schedule ${id}`;

function refuseTakenSlug(cause: unknown): never {
  if (!isUniqueError(cause)) throw cause;
  throw new SluiceError('CONFLICT', 'Schedule slugs must be unique within a deployment.', { cause, hint: 'Give the schedule another slug.' });
}
const tooFar = () =>
  new SluiceError('INVALID_REQUEST', 'There are more than ten years between the two instants.', { hint: 'Ask for a shorter time.' });
