import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Database } from '../db/database.ts';
import { findDeadlock, type Queued } from '../dispatch/deadlock.ts';
import type { SlotKeeper } from '../dispatch/slots.ts';
import type { Waiting } from '../dispatch/waiting.ts';
import { readAsleep, readHeldPlaces, readHeldTags, readInQueue } from '../store/deadlock-facts.ts';
import type { Service } from './service.ts';

interface Parts {
  readonly database: Database;
  readonly slots: SlotKeeper;
  readonly waiting: Waiting;
  readonly everySeconds: number;
}

/**
 * Ends waits that can never end: of runs that hold slots and wait for runs that queue for them, the newest wait fails. It knows
 * who queues at this server. Nothing is read while no task queues.
 */
export function createDeadlocks({ database: { sql }, slots, waiting, everySeconds }: Parts): Service {
  const queued = (): Queued[] =>
    slots.waiting().flatMap(({ writer, names, slots: wanted }) => (writer ? [{ flow_run_id: writer.flow_run_id, names, slots: wanted }] : []));
  return {
    name: 'deadlocks',
    everySeconds,
    tick: async () => {
      const names = new Set(queued().flatMap((each) => each.names));
      if (names.size === 0) return { ended: 0 };
      const [tags, asleep, inQueue] = await Promise.all([readHeldTags(sql, names), readAsleep(sql), readInQueue(sql)]);
      if (asleep.length === 0) return { ended: 0 };
      const places = await readHeldPlaces(sql, new Set([...asleep.flatMap((run) => run.places), ...inQueue.flatMap(({ needs }) => needs.flat())]));
      // Asked again: who has its slot by now is stuck no more.
      const flowRunId = findDeadlock(queued(), [...tags, ...places], asleep, inQueue);
      return { ended: flowRunId && waiting.fail(flowRunId, deadlock()) ? 1 : 0 };
    },
  };
}

const deadlock = () =>
  new SluiceError('WAIT_DEADLOCK', 'This wait can never end: what it waits for queues for a slot that is held until the wait is over.', {
    hint: 'Take the tag off the task that waits, or wait in the flow, outside of the task.',
  });
