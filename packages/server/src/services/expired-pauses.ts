import type { StateCreate } from '@sluice/core/model/state';
import type { Database } from '../db/database.ts';
import type { Door } from '../orchestrate/door.ts';
import { proposeFlowRun } from '../orchestrate/propose.ts';
import { readExpiredPauses } from '../store/late-runs.ts';
import type { Service } from './service.ts';

const FAILED: StateCreate = { type: 'FAILED', message: 'The flow was paused and never resumed.' };

/** Runs that nobody has resumed in time have failed: not those that were resumed a moment ago. Prefect's FailExpiredPauses. */
export const createExpiredPauses = ({ database: { sql }, door, newId }: { database: Database; door: Door; newId: () => string }): Service => ({
  name: 'expired-pauses',
  everySeconds: 5,
  tick: async () => {
    const expired = await readExpiredPauses(sql);
    const fail = (id: string) => door.submit(proposeFlowRun({ id, state_id: newId(), proposed: FAILED, force: true, pauseIsOver: true }));
    const outcomes = await Promise.all(expired.map(fail));
    return { failed: outcomes.filter(({ written }) => written).length };
  },
});
