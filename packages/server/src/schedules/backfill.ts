import { SluiceError } from '@sluice/core/errors/sluice-error';
import { type Micros, toInstant } from '@sluice/core/lib/time';
import type { Sql } from '../db/database.ts';
import type { News } from '../events/news.ts';
import type { FlowRunChange } from '../orchestrate/change.ts';
import { type DueSchedule, takenKeys, timesOfOthers } from '../store/due-schedules.ts';
import { plannedRuns } from './planned-runs.ts';
import { keyOf, type Makers, timesOf } from './schedule-runs.ts';

/** A time of a schedule between two instants. `isThere`: it had its run before. */
export interface PastTime {
  readonly scheduleId: string;
  readonly time: Micros;
  readonly isThere: boolean;
}

interface Backfill {
  readonly schedules: readonly DueSchedule[];
  readonly from: Micros;
  readonly to: Micros;
  readonly dryRun: boolean;
}

/** Prefect's limit to what one request makes. */
const MOST_AT_ONCE = 1000;

/**
 * All times of schedules between two instants, both of them too, soonest first; their runs are made where they are missing. A run counts as
 * there also when a schedule has made it that has been replaced since: deploying again gives schedules new ids, by which keys are told apart.
 */
export async function backfill(tx: Sql, { schedules, from, to, dryRun }: Backfill, makers: Makers): Promise<{ times: PastTime[]; news?: News }> {
  const ahead = { from, to, reach: to, min: MOST_AT_ONCE + 1, max: MOST_AT_ONCE + 1 };
  const asked = schedules.flatMap((schedule) => {
    const times = timesOf(schedule, ahead);
    const runs = plannedRuns(schedule, times, makers);
    return times.map((time, index) => ({ schedule, time, run: runs[index] as FlowRunChange }));
  });
  if (asked.length > MOST_AT_ONCE) {
    throw new SluiceError('TOO_MANY_RUNS', `The schedules have more than ${MOST_AT_ONCE} times between these instants.`, {
      hint: 'Ask for a shorter time, and then for the next.',
    });
  }
  const taken = await takenKeys(
    tx,
    asked.map(({ run }) => keyOf(run)),
  );
  const before = await timesOfOthers(tx, schedules, { from: toInstant(from), to: toInstant(to) });
  const isThere = ({ schedule, time, run }: (typeof asked)[number]) => taken.has(keyOf(run).key) || before.has(`${schedule.deployment.id} ${time}`);
  const missing = asked.filter((each) => !isThere(each));
  const times = asked.map((each) => ({ scheduleId: each.schedule.id, time: each.time, isThere: isThere(each) })).sort((a, b) => a.time - b.time);
  if (dryRun) return { times };
  return {
    times,
    news: await makers.door.schedule(
      tx,
      missing.map(({ run }) => run),
    ),
  };
}
