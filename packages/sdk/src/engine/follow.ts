import { monotonicMs, startTimer } from '@sluice/client';
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

/** When something must have ended, in milliseconds of the monotonic clock. */
export interface Deadline {
  readonly atMs: number;
  /** The message of a run that was ended for it. */
  readonly message: string;
  /** Of the flow run that the process was started for: nothing of it goes on after this. */
  readonly isRun: boolean;
  /** The task run that has this deadline, when its retries do not need this process. */
  readonly taskRunId?: string | undefined;
}

/** Hands a deadline to somebody who can end this process when its event loop is blocked; what is returned takes it back. */
export type WatchDeadline = (deadline: Deadline) => () => void;

interface Clock {
  /** Whether the time is over. Code that blocked the event loop comes back late, and no timer had its turn to say so. */
  overdue(): TimedOut | undefined;
  stop(): void;
}

/** Stops with TimedOut when the time is over, unless the clock that is returned is stopped before. */
export function startClock(
  stop: AbortController,
  timeout: Duration | undefined,
  watch: (atMs: number, seconds: number) => (() => void) | undefined = () => undefined,
): Clock {
  if (timeout === undefined) return { overdue: () => undefined, stop: () => {} };
  const seconds = toSeconds(timeout);
  const atMs = monotonicMs() + seconds * 1000;
  const forget = watch(atMs, seconds);
  const end = () => stop.abort(new TimedOut(`It took longer than ${seconds} s.`));
  const timer = startTimer(seconds * 1000, end);
  return {
    overdue: () => {
      if (monotonicMs() > atMs) end();
      return stop.signal.reason instanceof TimedOut ? stop.signal.reason : undefined;
    },
    stop: () => {
      timer.stop();
      forget?.();
    },
  };
}
