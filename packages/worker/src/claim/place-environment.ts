import { codeEnvironment } from '@sluice/core/process/claim-code';
import { claimEnvironment } from '@sluice/core/process/claim-environment';
import type { RunOrder } from '../infrastructure/infrastructure.ts';
import type { PlaceOptions } from '../worker-options.ts';

/** How a container or a pod is started for a run: `RUN_CLAIM` with this environment. Arguments hold nothing. */
export const RUN_CLAIM: readonly string[] = ['sluice-worker', 'run-claim'];

/** Where the server is as seen from the place, when a deployment does not say so itself. */
export interface Seen {
  readonly apiUrl: string;
}

/**
 * All that a container or a pod needs to know of its run. Its only secret is the run's token, and what the deployment itself sets;
 * nothing comes from the worker's environment.
 */
export function placeEnvironment(
  { claimed, wanted, variables }: Pick<RunOrder, 'claimed' | 'wanted' | 'variables'>,
  { name, loggingLevel, graceSeconds, startSeconds }: Pick<PlaceOptions, 'name' | 'loggingLevel' | 'graceSeconds' | 'startSeconds'>,
  { apiUrl }: Seen,
): Record<string, string> {
  const { flow_run, epoch, lease_seconds, token } = claimed;
  const { path, bundle, pull, entrypoint, env, heapMb } = wanted;
  const api_url = env['SLUICE_API_URL'] ?? apiUrl;
  return {
    SLUICE_LOGGING_LEVEL: loggingLevel,
    SLUICE_GRACE_SECONDS: String(graceSeconds),
    SLUICE_START_SECONDS: String(startSeconds),
    ...env,
    ...claimEnvironment({ api_url, token, flow_run_id: flow_run.id, epoch, lease_seconds, path: undefined, entrypoint, worker_name: name }),
    ...codeEnvironment({ path, bundle, pull, heap_mb: heapMb, memory_mb: variables.memoryMb }),
  };
}
