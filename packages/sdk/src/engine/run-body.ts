import type { Duration } from '@sluice/core/lib/duration';
import { TimedOut } from '../errors.ts';
import { follow, startClock } from './follow.ts';

/**
 * Runs user code with a signal that is aborted by the run's own or by the timeout. A timeout is thrown even when the code ignores
 * its signal, and when it came back too late because nothing else had a turn. Code of a run that is told to stop is waited for, so that it can clean up: its worker kills it when that takes too long.
 */
export async function runBody<Out>(
  timeout: Duration | undefined,
  parent: AbortSignal,
  body: (signal: AbortSignal) => Out | Promise<Out>,
  watch?: Parameters<typeof startClock>[2],
): Promise<Awaited<Out>> {
  parent.throwIfAborted();
  const { stop, release } = follow(parent);
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  overdue.catch(() => {});
  stop.signal.addEventListener('abort', () => stop.signal.reason instanceof TimedOut && reject(stop.signal.reason), { once: true });
  const clock = startClock(stop, timeout, watch);
  try {
    const value = await Promise.race([body(stop.signal), overdue]);
    const late = clock.overdue();
    if (late) throw late;
    return value;
  } catch (error) {
    throw clock.overdue() ?? error;
  } finally {
    clock.stop();
    release();
  }
}
