import type { Database } from '../db/database.ts';
import type { NewsDesk } from '../events/news.ts';
import type { Door } from '../orchestrate/door.ts';
import { scheduleNext } from '../schedules/schedule-runs.ts';
import { takeDueSchedules } from '../store/due-schedules.ts';
import type { Service } from './service.ts';

/** So many in a transaction: a change of one of them waits no longer than that takes. */
const BATCH = 250;
/** So many at a turn. */
const MOST_BATCHES = 100;
/** So many at once: while the runs of one batch are written, the times of the other one are found. */
const LANES = 2;

interface Options {
  readonly database: Database;
  readonly door: Door;
  readonly desk: NewsDesk;
  readonly newId: () => string;
  readonly newName: () => string;
}

/** Makes the next runs of deployments that have schedules. Prefect's Scheduler and RecentDeploymentsScheduler in one. */
export function createScheduler({ database, desk, ...makers }: Options): Service {
  async function scheduleSome(): Promise<{ schedules: number; runs: number; leftOut: number }> {
    const { schedules, news, leftOut } = await database.transaction(async (tx) => {
      const due = await takeDueSchedules(tx, BATCH);
      return { schedules: due.length, ...(due.length > 0 ? await scheduleNext(tx, due, makers) : { news: undefined, leftOut: 0 }) };
    });
    if (news) desk.publish(news);
    return { schedules, runs: news?.flow_runs.length ?? 0, leftOut };
  }

  return {
    name: 'scheduler',
    everySeconds: 2,
    tick: async () => {
      let runs = 0;
      let leftOut = 0;
      let left = MOST_BATCHES;
      const lane = async () => {
        while (left-- > 0) {
          const done = await scheduleSome();
          runs += done.runs;
          leftOut += done.leftOut;
          if (done.schedules < BATCH) break;
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      return { runs, ...(leftOut > 0 && { missed_too_many: leftOut }) };
    },
  };
}
