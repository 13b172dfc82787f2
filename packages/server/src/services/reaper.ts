import type { StateCreate } from '@sluice/core/model/state';
import type { Database } from '../db/database.ts';
import type { Door } from '../orchestrate/door.ts';
import { proposeFlowRun } from '../orchestrate/propose.ts';
import { readExpiredLeases } from '../store/leases.ts';
import type { Service } from './service.ts';

interface Deps {
  readonly database: Database;
  readonly door: Door;
  readonly newId: () => string;
  readonly leaseSeconds: number;
  readonly everySeconds: number;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

const CRASHED: StateCreate = { type: 'CRASHED', message: 'Its worker was silent for too long.' };
const CANCELLED: StateCreate = { type: 'CANCELLED', message: 'Its worker was silent for too long while it was being cancelled.' };

/**
 * Ends leases whose time is over: their runs go back to the queue, or end when they have been claimed often enough. It takes
 * nothing before it has itself been awake, with the database, for one full term: whoever could not reach this server has time
 * to say that it is alive.
 */
export function createReaper({ database, door, newId, leaseSeconds, everySeconds, clock }: Deps): Service {
  let awakeSince: number | undefined;
  let lastTick: number | undefined;

  return {
    name: 'reaper',
    everySeconds,
    tick: async () => {
      const now = clock();
      // A tick that comes much too late says that this process, or the machine, slept.
      if (lastTick !== undefined && now - lastTick > (leaseSeconds * 1000) / 2 + everySeconds * 1000) awakeSince = undefined;
      lastTick = now;
      const expired = await readExpiredLeases(database.sql).catch((error) => {
        awakeSince = undefined;
        throw error;
      });
      awakeSince ??= now;
      if (now - awakeSince < leaseSeconds * 1000) return { reaped: 0 };
      const outcomes = await Promise.all(
        expired.map(({ flow_run_id, cancelling }) =>
          door.submit(proposeFlowRun({ id: flow_run_id, reap: true, state_id: newId(), proposed: cancelling ? CANCELLED : CRASHED })),
        ),
      );
      return { reaped: outcomes.filter(({ written }) => written).length };
    },
  };
}
