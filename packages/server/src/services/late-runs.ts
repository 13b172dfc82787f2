import type { Database } from '../db/database.ts';
import type { Door } from '../orchestrate/door.ts';
import { proposeFlowRun } from '../orchestrate/propose.ts';
import { readLateRuns } from '../store/late-runs.ts';
import type { Service } from './service.ts';

/** Names runs that have not started `lateSeconds` after their time: Late. Prefect's MarkLateRuns. */
export function createLateRuns({
  database,
  door,
  newId,
  lateSeconds,
}: {
  database: Database;
  door: Door;
  newId: () => string;
  lateSeconds: number;
}): Service {
  return {
    name: 'late-runs',
    everySeconds: 5,
    tick: async () => {
      const late = await readLateRuns(database.sql, lateSeconds);
      const outcomes = await Promise.all(
        late.map(({ id, scheduled_time }) =>
          door.submit(proposeFlowRun({ id, state_id: newId(), proposed: { type: 'SCHEDULED', name: 'Late', state_details: { scheduled_time } } })),
        ),
      );
      return { late: outcomes.filter(({ written }) => written).length };
    },
  };
}
