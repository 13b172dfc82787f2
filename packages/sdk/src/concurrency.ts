import { type Client, pause } from '@sluice/client';
import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import type { Duration } from '@sluice/core/lib/duration';
import { currentContext, currentScope, currentTask } from './context.ts';
import type { FlowRunScope } from './engine/flow-run-scope.ts';
import { startClock } from './engine/follow.ts';
import { takeSlots } from './engine/tag-slots.ts';
import { checkOptions, rules } from './options.ts';
import { useClient } from './settings/use-client.ts';

export interface HeldSlots extends AsyncDisposable {
  /** Higher with every lease of the first limit: what it guards can refuse an older one. */
  readonly token: number | undefined;
  release(): Promise<void>;
}

export interface SlotOptions {
  /** How long slots are waited for; then TimedOut is thrown. */
  readonly timeout?: Duration;
  /** True: a name that has no limit is an error. Otherwise it is not limited. */
  readonly strict?: boolean;
  readonly signal?: AbortSignal;
}

const RULES = { slots: rules.count, timeout: rules.wait, strict: rules.flag };

/**
 * Holds slots of a global concurrency limit, waiting for them in the order of arrival. Prefect's `concurrency`.
 *
 * @example
 * await using _slot = await concurrency('warehouse', 1);
 */
export async function concurrency(
  names: string | readonly string[],
  slots = 1,
  options: SlotOptions & { readonly tokenAbove?: number } = {},
): Promise<HeldSlots> {
  const scope = expectScope('concurrency');
  const { timeout, strict, tokenAbove } = options;
  checkOptions('concurrency()', { slots, timeout, strict }, RULES);
  using until = waitingFor(scope, options);
  const wanted = {
    slots,
    holder: { type: 'flow_run' as const, id: scope.info.flow_run_id },
    within: currentTask()?.within ?? scope.within,
    signal: until.signal,
    ...(tokenAbove !== undefined && { token_above: tokenAbove }),
  };
  const { release, token, limited } = await scope.waits.rest(currentTask()?.work, () => takeSlots(scope, [names].flat(), wanted));
  if (strict && isShort(names, limited)) {
    await release();
    throw noLimit(names, limited);
  }
  return { token, release, [Symbol.asyncDispose]: release };
}

/**
 * Takes slots of a limit with `slot_decay_per_second`, which are free again by themselves: as much a second passes here, whoever
 * calls. Prefect's `rate_limit`.
 *
 * @example
 * await rateLimit('shop-api');
 */
export async function rateLimit(names: string | readonly string[], slots = 1, options: SlotOptions = {}): Promise<void> {
  const scope = expectScope('rateLimit');
  const { timeout, strict } = options;
  checkOptions('rateLimit()', { slots, timeout, strict }, RULES);
  using until = waitingFor(scope, options);
  const limited = await scope.waits.rest(currentTask()?.work, () => takeRate(scope.client, { names: [names].flat(), slots }, until.signal));
  if (strict && isShort(names, limited)) throw noLimit(names, limited);
}

/** Slots that decay have no lease: those of a run that has ended count as long as others. Nobody stands in line for them. */
async function takeRate(client: Client, taken: { readonly names: string[]; readonly slots: number }, signal: AbortSignal): Promise<string[]> {
  for (let waitMs = FIRST_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_MS)) {
    signal.throwIfAborted();
    try {
      const limits = await client.request('POST /v2/concurrency_limits/increment', { body: { ...taken, mode: 'rate_limit' } });
      return limits.map(({ name }) => name);
    } catch (error) {
      if (!isSluiceError(error) || error.code !== 'LOCKED') throw error;
      await pause(waitMs, signal);
    }
  }
}

const FIRST_MS = 50;
const LONGEST_MS = 1000;

function expectScope(what: string): FlowRunScope {
  const scope = currentScope();
  if (!scope) throw new Error(`${what}() was called outside of a flow: there is no run that could hold slots.`);
  return scope;
}

/** Aborted when the run is to stop, the caller wants it, or its time is over. */
function waitingFor(scope: FlowRunScope, { timeout, signal }: SlotOptions): Disposable & { readonly signal: AbortSignal } {
  const over = new AbortController();
  const clock = startClock(over, timeout);
  const signals = [scope.stop.signal, currentContext()?.signal, signal, over.signal].filter((each) => each !== undefined);
  return { signal: AbortSignal.any(signals), [Symbol.dispose]: () => clock.stop() };
}

const isShort = (names: string | readonly string[], limited: readonly string[]) => [names].flat().some((name) => !limited.includes(name));
const noLimit = (names: string | readonly string[], limited: readonly string[]) =>
  new SluiceError(
    'NOT_FOUND',
    `There is no concurrency limit of this name: ${[names]
      .flat()
      .filter((name) => !limited.includes(name))
      .join(', ')}.`,
    {
      hint: 'sluice global-concurrency-limit ls shows those that are there.',
    },
  );

/** Makes a global concurrency limit unless there is one of this name; its size is left as it is. */
export const ensureConcurrencyLimit = (name: string, limit: number): Promise<void> =>
  useClient(async (client) => {
    try {
      await client.request('POST /v2/concurrency_limits/', { body: { name, limit } });
    } catch (error) {
      if (!isSluiceError(error) || error.code !== 'CONFLICT') throw error;
    }
  });
