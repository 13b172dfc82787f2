import type { Settings } from '@sluice/core/settings/settings';
import type { Logger } from 'pino';
import { createDeadlocks } from '../services/deadlocks.ts';
import { createFinishCancelling } from '../services/finish-cancelling.ts';
import {
  createBundleRetention,
  createDiskWatch,
  createExpiredSlots,
  createLogRetention,
  createRunCounts,
  createWorkerStatus,
} from '../services/housekeeping.ts';
import { createLateRuns } from '../services/late-runs.ts';
import { createReaper } from '../services/reaper.ts';
import { runServices } from '../services/service.ts';
import type { Engine } from './start-engine.ts';

interface Options {
  readonly settings: Settings;
  readonly logger: Logger;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

/** The loops of a server: another one is another line. */
export function startServices(engine: Engine, { settings, logger, clock }: Options) {
  const everySeconds = settings.sweep_seconds;
  return runServices(
    [
      createReaper({ ...engine, clock, leaseSeconds: settings.lease_seconds, everySeconds }),
      createExpiredSlots({ ...engine, everySeconds }),
      createDeadlocks({ ...engine, everySeconds }),
      createWorkerStatus({ ...engine, everySeconds }),
      createLateRuns({ ...engine, lateSeconds: settings.late_seconds }),
      createFinishCancelling(engine),
      createRunCounts(engine),
      createLogRetention({ ...engine, days: settings.log_days }),
      createBundleRetention({ ...engine, days: settings.bundle_days }),
      createDiskWatch({ folder: settings.home, logger }),
    ],
    { logger, clock },
  );
}
