import type { Deps } from '../handlers.ts';
import { workPoolRecordHandlers } from './work-pool-records.ts';
import { workQueueHandlers } from './work-queues.ts';

/** All that is asked of work pools and their queues, but for workers. */
export const workPoolHandlers = (deps: Deps) => ({ ...workPoolRecordHandlers(deps), ...workQueueHandlers(deps) });
