import { type Client, monotonicMs } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { type Instant, SECOND, toInstant, toMicros } from '@sluice/core/lib/time';
import type { State } from '@sluice/core/model/state';
import type { AnyTask, CacheContext, Task } from '../model/task.ts';
import { isCheckpoint, readResult } from '../runs/results.ts';
import { messageOfThrown } from '../text/thrown.ts';
import { hashOf } from './keys.ts';

/** So many characters a key has on the wire. */
const LONGEST = 2000;

/**
 * The key of a call, by the task's option. One that cannot be made costs the run its cache, not its work. Prefect 2.13.7 gives
 * such keys to the server, which knows by them what has been computed.
 */
export function cacheKey<In, Out>(task: Task<In, Out>, context: CacheContext, input: In, warn: (message: string) => void): string | undefined {
  const { cache } = task.options;
  if (!cache) return undefined;
  try {
    const key: unknown = cache.key(context, input);
    if (key === undefined || key === null || key === '') return undefined;
    if (typeof key === 'string' && key.length <= LONGEST && key.isWellFormed() && !key.includes('\0')) return key;
    warn(`cache.key returned what is no text of at most ${LONGEST} characters: nothing is taken from the cache, nor kept there.`);
  } catch (error) {
    warn(`cache.key failed, so nothing is taken from the cache, nor kept there: ${messageOfThrown(error)}`);
  }
  return undefined;
}

/** What a task run that the server found COMPLETED has returned. A key is for all who use it, and clients of other languages keep results in their own ways. */
export async function readCached(client: Client, state: State, cache_key: string | undefined): Promise<unknown> {
  if (isCheckpoint(state) || !cache_key) return readResult(client, state);
  throw new SluiceError('RESULT_REFUSED', `What the cache has under the key '${cache_key}' was written by another client, and cannot be read here.`, {
    hint: "Give the task's cache another key.",
  });
}

/** Seconds from now as an instant of the server's clock. */
export type ExpiryAfter = (seconds: number) => Instant | null;

/** The server has said when the task started: this process's clock does not count. */
export function expiryFrom(started: State | null): ExpiryAfter {
  const startedMs = monotonicMs();
  return (seconds) => started && toInstant(toMicros(started.timestamp) + (seconds + (monotonicMs() - startedMs) / 1000) * SECOND);
}

/**
 * A key for `cache`: one for each task, code of it and input, as Prefect's function of this name makes it. It fails for an input
 * that cannot be told from others, such as one with a function in it.
 *
 * @example
 * const rates = task({ name: 'rates', cache: { key: taskInputHash, expires: '1h' } }, (day: string) => fetchRates(day));
 */
export const taskInputHash = ({ task }: { readonly task: AnyTask }, input: unknown): string => `${hashOf([task.taskName, String(task.body), input])}`;
