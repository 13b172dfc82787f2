import type { ToFlowProcess } from '@sluice/core/process/messages';
import { sourcesOf } from '../../job.ts';
import type { PlaceOptions } from '../../worker-options.ts';
import type { LocalOrder } from '../infrastructure.ts';
import { runEnvironment } from './environment.ts';

type AboutRun = Pick<Extract<ToFlowProcess, { type: 'run' }>, 'entrypoint' | 'claimed' | 'env' | 'worker_name' | 'logging_level'>;

/** What a process is told of a run, whatever it is to do for it. */
export function aboutRun({ claimed, code }: LocalOrder, options: PlaceOptions): AboutRun {
  const { api, name: worker_name, loggingLevel: logging_level, cleanEnv: clean } = options;
  const { token, auth_string: authString } = claimed;
  const needs = { clean, sources: sourcesOf(claimed), env: code.env, apiUrl: api.api_url, token, authString };
  return { entrypoint: code.entrypoint, claimed, env: runEnvironment(process.env, needs), worker_name, logging_level };
}
