import type { Deps } from '../handlers.ts';
import { deploymentRecordHandlers } from './deployment-records.ts';
import { deploymentRunHandlers } from './deployment-runs.ts';
import { deploymentScheduleHandlers } from './deployment-schedules.ts';

/** All that is asked of deployments. */
export const deploymentHandlers = (deps: Deps) => ({
  ...deploymentRecordHandlers(deps),
  ...deploymentRunHandlers(deps),
  ...deploymentScheduleHandlers(deps),
});
