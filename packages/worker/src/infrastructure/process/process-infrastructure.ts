import type { MakeInfrastructure } from '../infrastructure.ts';
import { callHooks } from './call-hooks.ts';
import { Guard } from './guard/guard.ts';
import { createRunLimiter } from './limits/limit-run.ts';
import { type ProcessDeps, ProcessPlace } from './process-place.ts';
import { WarmPool } from './warm-pool.ts';

/** Runs are processes of this machine, children of their worker: warm ones, under its guard, within the limits of their deployments. */
export const processInfrastructure: MakeInfrastructure = (options, onNote) => {
  const { api } = options;
  const guard = new Guard();
  const warm = new WarmPool({ ...options, apiUrl: api.api_url, guard, onNote });
  const deps: ProcessDeps = { options, warm, limitRun: createRunLimiter(onNote) };
  return {
    codeIs: 'here',
    start: (order) => new ProcessPlace(order, deps),
    callHooks: (order, state) => callHooks(order, state, deps),
    prepare: (code) => warm.prepare(code),
    close: () => {
      warm.close();
      guard.close();
    },
  };
};
