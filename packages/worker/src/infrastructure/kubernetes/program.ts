import { placeEnvironment, RUN_CLAIM } from '../../claim/place-environment.ts';
import type { PlaceOptions } from '../../worker-options.ts';
import type { RunOrder } from '../infrastructure.ts';
import { Unmakeable } from './read-job.ts';

interface Program {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What must not stand in a manifest, which everybody may read who may look at Jobs. */
  readonly secret: Readonly<Record<string, string>>;
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** What is started in the pod. `given`: the environment that its pool's template names. */
export function programOf(order: RunOrder, options: PlaceOptions, given: readonly { readonly name: string; readonly value?: unknown }[]): Program {
  const named = given.find(({ name }) => name === 'SLUICE_API_URL')?.value;
  const apiUrl = typeof named === 'string' ? named : options.api.api_url;
  if (named === undefined && LOOPBACK.test(new URL(apiUrl).hostname))
    throw new Unmakeable(
      `A pod does not reach the server at ${apiUrl}, where its worker does. Set SLUICE_API_URL of the worker, or in env of the work pool, to an address that both reach.`,
    );
  const { SLUICE_API_KEY: token, ...env } = placeEnvironment(order, options, { apiUrl });
  return { command: RUN_CLAIM, env, secret: token === undefined ? {} : { SLUICE_API_KEY: token } };
}
