import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { currentContext, currentScope, currentTask } from './context.ts';
import { takeSlots } from './engine/tag-slots.ts';
import { checkOptions, rules } from './options.ts';
import { useClient } from './settings/use-client.ts';

export interface HeldSlots extends AsyncDisposable {
  /** Higher with every lease of the first limit: what it guards can refuse an older one. */
  readonly token: number | undefined;
  release(): Promise<void>;
}

/**
 * Holds slots of a global concurrency limit, waiting for them in the order of arrival.
 *
 * @example
 * await using _slot = await concurrency('warehouse', 1);
 */
export async function concurrency(
  names: string | readonly string[],
  slots = 1,
  options: { readonly signal?: AbortSignal; readonly tokenAbove?: number } = {},
): Promise<HeldSlots> {
  const scope = currentScope();
  if (!scope) throw new Error('concurrency() was called outside of a flow: there is no run that could hold slots.');
  checkOptions('concurrency()', { slots }, { slots: rules.count });
  const wanted = {
    slots,
    holder: { type: 'flow_run' as const, id: scope.info.flow_run_id },
    within: currentTask()?.within ?? scope.within,
    signal: AbortSignal.any([scope.stop.signal, currentContext()?.signal, options.signal].filter((each) => each !== undefined)),
    ...(options.tokenAbove !== undefined && { token_above: options.tokenAbove }),
  };
  const { release, token } = await scope.waits.rest(currentTask()?.work, () => takeSlots(scope, typeof names === 'string' ? [names] : names, wanted));
  return { token, release, [Symbol.asyncDispose]: release };
}

/** Makes a global concurrency limit unless there is one of this name; its size is left as it is. */
export const ensureConcurrencyLimit = (name: string, limit: number): Promise<void> =>
  useClient(async (client) => {
    try {
      await client.request('POST /v2/concurrency_limits/', { body: { name, limit } });
    } catch (error) {
      if (!isSluiceError(error) || error.code !== 'CONFLICT') throw error;
    }
  });
