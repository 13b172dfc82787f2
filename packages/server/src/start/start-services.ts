import type { Settings } from '@sluice/core/settings/settings';
import type { Logger } from 'pino';
import { randomName } from '../names.ts';
import type { CallApi } from '../services/automations/act.ts';
import { createAutomationActions } from '../services/automations/actions.ts';
import { createAutomations } from '../services/automations/automations.ts';
import { createDeadlocks } from '../services/deadlocks.ts';
import { createExpiredPauses } from '../services/expired-pauses.ts';
import { createFinishCancelling } from '../services/finish-cancelling.ts';
import {
  createBundleRetention,
  createDiskWatch,
  createEventRetention,
  createExpiredDeploymentSlots,
  createExpiredSlots,
  createLogRetention,
  createRunCounts,
  createTaskCacheRetention,
  createWorkerStatus,
} from '../services/housekeeping.ts';
import { createLateRuns } from '../services/late-runs.ts';
import { createReaper } from '../services/reaper.ts';
import { createScheduler } from '../services/scheduler.ts';
import { runServices } from '../services/service.ts';
import { createStatuses } from '../services/statuses.ts';
import { createTaskRunRecorder } from '../services/task-run-recorder.ts';
import type { Engine } from './start-engine.ts';

interface Options {
  readonly settings: Settings;
  readonly logger: Logger;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** This server's own API. */
  readonly call: CallApi;
}

/** The loops of a server: another one is another line. */
export function startServices(engine: Engine, { settings, logger, clock, call }: Options) {
  const everySeconds = settings.sweep_seconds;
  return runServices(
    [
      createReaper({ ...engine, clock, leaseSeconds: settings.lease_seconds, everySeconds }),
      createExpiredSlots({ ...engine, everySeconds }),
      createExpiredDeploymentSlots({ ...engine, everySeconds }),
      createDeadlocks({ ...engine, everySeconds }),
      createWorkerStatus({ ...engine, everySeconds }),
      createStatuses({ ...engine, everySeconds }),
      createLateRuns({ ...engine, lateSeconds: settings.late_seconds }),
      createScheduler({ ...engine, newName: randomName }),
      createFinishCancelling(engine),
      createExpiredPauses(engine),
      createTaskCacheRetention(engine),
      createRunCounts(engine),
      createTaskRunRecorder(engine),
      createAutomations(engine),
      createAutomationActions({ ...engine, call }),
      createEventRetention({ ...engine, days: settings.event_days }),
      createLogRetention({ ...engine, days: settings.log_days }),
      createBundleRetention({ ...engine, days: settings.bundle_days }),
      createDiskWatch({ folder: settings.home, logger }),
    ],
    { logger, clock },
  );
}
