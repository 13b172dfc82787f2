import { startTimer } from '@sluice/client';
import { type Duration, toSeconds } from '@sluice/core/lib/duration';
import { TimedOut } from '../errors.ts';

/** A controller that stops when `parent` does, and can stop alone. */
export function follow(parent: AbortSignal): { readonly stop: AbortController; release(): void } {
  const stop = new AbortController();
  const onStop = () => stop.abort(parent.reason);
  if (parent.aborted) onStop();
  else parent.addEventListener('abort', onStop, { once: true });
  return { stop, release: () => parent.removeEventListener('abort', onStop) };
}

/** Stops with TimedOut when the time is over, unless the clock that is returned is stopped before. */
export function startClock(stop: AbortController, timeout: Duration | undefined): { stop(): void } {
  if (timeout === undefined) return { stop: () => {} };
  const seconds = toSeconds(timeout);
  return startTimer(seconds * 1000, () => stop.abort(new TimedOut(`It took longer than ${seconds} s.`)));
}
