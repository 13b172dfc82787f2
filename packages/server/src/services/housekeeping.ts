import { statfs } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Database } from '../db/database.ts';
import type { NewsDesk } from '../events/news.ts';
import { pruneBundles } from '../store/bundles.ts';
import { deleteOldEvents } from '../store/client-events.ts';
import { deleteExpiredSlots } from '../store/concurrency-limits.ts';
import { addUpFlowRunCounts } from '../store/flow-run-counts.ts';
import { endDeploymentSlots } from '../store/leases.ts';
import { deleteOldLogs } from '../store/logs.ts';
import { deleteExpiredCached } from '../store/task-cache.ts';
import { deleteExpiredWaitNotes } from '../store/wait-notes.ts';
import { markOffline } from '../store/workers.ts';
import type { Service } from './service.ts';

/** Workers that have been silent are OFFLINE. Prefect's Foreman. */
export const createWorkerStatus = ({ database, desk, everySeconds }: { database: Database; desk: NewsDesk; everySeconds: number }): Service => ({
  name: 'worker-status',
  everySeconds,
  tick: async () => {
    const worker = await markOffline(database.sql);
    desk.publish({ records: { worker } });
    return { offline: worker.length };
  },
});

/** Slots whose time is over go to those who wait. Prefect's Repossessor. */
export const createExpiredSlots = ({ database, desk, everySeconds }: { database: Database; desk: NewsDesk; everySeconds: number }): Service => ({
  name: 'expired-slots',
  everySeconds,
  tick: async () => {
    const [limits] = await Promise.all([deleteExpiredSlots(database.sql), deleteExpiredWaitNotes(database.sql)]);
    if (limits.length > 0) desk.publish({ limits });
    return { freed: limits.length };
  },
});

/** Slots of deployments that no client has prolonged are free: those of runs whose process never came, or died. Prefect's Repossessor. */
export const createExpiredDeploymentSlots = ({
  database,
  desk,
  everySeconds,
}: {
  database: Database;
  desk: NewsDesk;
  everySeconds: number;
}): Service => ({
  name: 'expired-deployment-slots',
  everySeconds,
  tick: async () => {
    const freed = await endDeploymentSlots(database.sql);
    if (freed > 0) desk.publish({ claimable: true });
    return { freed };
  },
});

const BATCH = 5000;

/** Log lines are kept for `days`. */
export const createLogRetention = ({ database, days }: { database: Database; days: number }): Service => ({
  name: 'log-retention',
  everySeconds: 60,
  tick: async () => ({ deleted: await deleteOldLogs(database.sql, days, BATCH) }),
});

/** Events of clients are kept for `days`. Those of states are as old as the runs. */
export const createEventRetention = ({ database, days }: { database: Database; days: number }): Service => ({
  name: 'event-retention',
  everySeconds: 60,
  tick: async () => ({ deleted: await deleteOldEvents(database.sql, days, BATCH) }),
});

const BUNDLES = 20;

/** Bundles that nobody names any more are kept for `days`, for runs that ask for an older version. */
export const createBundleRetention = ({ database, days }: { database: Database; days: number }): Service => ({
  name: 'bundle-retention',
  everySeconds: 300,
  tick: async () => ({ deleted: (await database.transaction((tx) => pruneBundles(tx, days, BUNDLES))).names.length }),
});

/** What was computed once, and is to be computed again. */
export const createTaskCacheRetention = ({ database }: { database: Database }): Service => ({
  name: 'task-cache-retention',
  everySeconds: 60,
  tick: async () => ({ deleted: await deleteExpiredCached(database.sql, BATCH) }),
});

/** What transactions have counted of ended runs becomes one row for each hour and scope. */
export const createRunCounts = ({ database }: { database: Database }): Service => ({
  name: 'run-counts',
  everySeconds: 15,
  tick: async () => ({ added_up: await addUpFlowRunCounts(database.sql, BATCH) }),
});

/** Below this it is time to act: PostgreSQL stops at a full disk. */
const LOW_BYTES = 1024 ** 3;

export const freeBytes = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** Tells in the log when the disk runs low. */
export const createDiskWatch = ({ folder, logger }: { folder: string; logger: Logger }): Service => ({
  name: 'disk-watch',
  everySeconds: 30,
  tick: async () => {
    const free = await freeBytes(folder);
    if (free < LOW_BYTES) logger.warn({ folder, free_bytes: free }, 'the disk runs low: less than 1 GiB is free');
    return {};
  },
});
