import type { StateCreate } from '@sluice/core/model/state';
import type { Database } from '../db/database.ts';
import type { Door } from '../orchestrate/door.ts';
import { proposeFlowRun } from '../orchestrate/propose.ts';
import { readOrphanedByCancel, readStuckCancelling } from '../store/late-runs.ts';
import type { Service } from './service.ts';

/** Prefect's time for a run to stop after it was asked to. Runs under a Sluice worker end with their lease, much sooner. */
const STUCK_SECONDS = 300;

/** Completes cancellations that were left half done. Prefect's CancellationCleanup. */
export function createFinishCancelling({ database: { sql }, door, newId }: { database: Database; door: Door; newId: () => string }): Service {
  const propose = (id: string, proposed: StateCreate) => door.submit(proposeFlowRun({ id, state_id: newId(), proposed }));
  return {
    name: 'finish-cancelling',
    everySeconds: 20,
    tick: async () => {
      const [orphans, stuck] = await Promise.all([readOrphanedByCancel(sql), readStuckCancelling(sql, STUCK_SECONDS)]);
      await Promise.all([
        ...orphans.map((id) => propose(id, { type: 'CANCELLING', message: 'Its parent was cancelled.' })),
        ...stuck.map((id) => propose(id, { type: 'CANCELLED', message: `It did not stop within ${STUCK_SECONDS} s.` })),
      ]);
      return { children: orphans.length, stuck: stuck.length };
    },
  };
}
