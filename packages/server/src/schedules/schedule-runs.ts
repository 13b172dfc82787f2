import { type Micros, SECOND, toInstant } from '@sluice/core/lib/time';
import type { Sql } from '../db/database.ts';
import type { News } from '../events/news.ts';
import type { FlowRunChange } from '../orchestrate/change.ts';
import type { Door } from '../orchestrate/door.ts';
import { type DueSchedule, noteLooked, takenKeys } from '../store/due-schedules.ts';
import { type Missed, MOST_MISSED, missedTimes } from './missed-times.ts';
import { nextLook, plannedRuns } from './planned-runs.ts';
import { type Ahead, upcoming } from './times.ts';

/** Prefect's defaults: at least 3 runs and those of the next hour, at most 100 and those of the next 100 days. */
export const AHEAD = { min: 3, max: 100, reach: 3600 * SECOND, to: 100 * 86_400 * SECOND };

export interface Makers {
  readonly door: Pick<Door, 'schedule'>;
  readonly newId: () => string;
  readonly newName: () => string;
}

/** So many runs that were missed in a transaction, for all its schedules: as many as it may make ahead. */
const MOST_AT_ONCE = 25_000;

interface Planned {
  readonly schedule: DueSchedule;
  readonly times: readonly Micros[];
  readonly missed: Missed;
  readonly runs: readonly FlowRunChange[];
}

/**
 * Makes the next runs of schedules that the caller holds, and those that they have missed and want made up for, where they are not there
 * yet, and notes when to look again. A schedule that cannot be read any more makes none, and keeps nobody from theirs. `leftOut`: so many
 * schedules had missed more than is made up for.
 */
export async function scheduleNext(tx: Sql, due: readonly DueSchedule[], makers: Makers): Promise<{ news: News; leftOut: number }> {
  const part = Math.floor(MOST_AT_ONCE / due.length);
  const known = new Map<string, readonly Micros[]>();
  const planned = due.map((schedule): Planned => {
    const max = Math.min(AHEAD.max, schedule.max_scheduled_runs ?? AHEAD.max);
    const ahead = { from: schedule.now, to: schedule.now + AHEAD.to, min: AHEAD.min, reach: schedule.now + AHEAD.reach, max };
    const times = timesOnce(known, schedule, ahead);
    const fresh = times.filter((time) => schedule.scheduled_until === null || time > schedule.scheduled_until);
    const missed = missedOf(schedule, part);
    return { schedule, times, missed, runs: [...missedRuns(schedule, missed, makers), ...plannedRuns(schedule, fresh, makers)] };
  });
  await noteLooked(
    tx,
    planned.map(({ schedule: { id, now, scheduled_until }, times, missed }) => {
      const last = times.at(-1);
      const missedUntil = missed.more ? missed.times.at(-1) : undefined;
      return {
        id,
        due: toInstant(missed.more ? now : nextLook(times, { now, min: AHEAD.min, reach: AHEAD.reach })),
        scheduled_until: last === undefined ? null : toInstant(last),
        covered_until: toInstant(missedUntil ?? Math.max(now, last ?? now, scheduled_until ?? now)),
      };
    }),
  );
  const news = await makeMissing(
    tx,
    planned.flatMap(({ runs }) => runs),
    makers,
  );
  return { news, leftOut: planned.filter(({ missed }) => missed.leftOut).length };
}

/** One that cannot be read any more has missed none. */
function missedOf({ schedule, catchup, covered_until, now }: DueSchedule, part: number): Missed {
  try {
    return missedTimes(schedule, catchup, { after: covered_until, before: now, part });
  } catch {
    return { times: [], more: false, leftOut: false };
  }
}

const CAUGHT_UP = 'Flow run scheduled for a time that was missed';

/** Who reads the first of them learns that it is not the first that was missed. */
function missedRuns(schedule: DueSchedule, { times, leftOut }: Missed, makers: Makers): readonly FlowRunChange[] {
  if (!leftOut) return plannedRuns(schedule, times, makers, CAUGHT_UP);
  const first = `${CAUGHT_UP}. Earlier ones get no run: at most ${MOST_MISSED} of a schedule are made up for`;
  return [...plannedRuns(schedule, times.slice(0, 1), makers, first), ...plannedRuns(schedule, times.slice(1), makers, CAUGHT_UP)];
}

/** Makes the runs of a deployment's schedules between two instants, as a person asks for. */
export async function scheduleBetween(tx: Sql, schedules: readonly DueSchedule[], ahead: Ahead, makers: Makers): Promise<News> {
  const runs = schedules.flatMap((schedule) => plannedRuns(schedule, timesOf(schedule, ahead), makers));
  return makeMissing(tx, runs, makers);
}

/** What tells a run of a schedule from all others. */
export const keyOf = ({ create }: FlowRunChange) => ({ flow_id: create?.flow_id ?? '', key: create?.idempotency_key ?? '' });

async function makeMissing(tx: Sql, runs: readonly FlowRunChange[], { door }: Makers): Promise<News> {
  const taken = await takenKeys(tx, runs.map(keyOf));
  return door.schedule(
    tx,
    runs.filter((run) => !taken.has(keyOf(run).key)),
  );
}

/** Deployments that have the same schedule, as most of a large team's have, are asked for their times once. */
function timesOnce(known: Map<string, readonly Micros[]>, schedule: DueSchedule, ahead: Ahead): readonly Micros[] {
  const key = `${ahead.max} ${JSON.stringify(schedule.schedule)}`;
  const times = known.get(key) ?? timesOf(schedule, ahead);
  known.set(key, times);
  return times;
}

/** The times of a schedule; one that cannot be read any more has none. */
export function timesOf({ schedule }: DueSchedule, ahead: Ahead): readonly Micros[] {
  try {
    return upcoming(schedule, ahead);
  } catch {
    return [];
  }
}
