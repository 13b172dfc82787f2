import { type Duration, toSeconds } from '@sluice/core/lib/duration';
import { TimedOut } from '../errors.ts';

/** Runs user code with a signal that is aborted by the run's own or by the timeout; a timeout is thrown even when the code ignores its signal. */
export async function runBody<Out>(
  timeout: Duration | undefined,
  stop: AbortSignal,
  body: (signal: AbortSignal) => Out | Promise<Out>,
): Promise<Awaited<Out>> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  stopped.catch(() => {});
  const own = new AbortController();
  const abort = (reason: unknown) => {
    own.abort(reason);
    reject(reason);
  };
  const onStop = () => abort(stop.reason);
  if (stop.aborted) throw stop.reason;
  stop.addEventListener('abort', onStop, { once: true });
  const seconds = timeout === undefined ? undefined : toSeconds(timeout);
  const timer = seconds === undefined ? undefined : setTimeout(() => abort(new TimedOut(`It took longer than ${seconds} s.`)), seconds * 1000);
  try {
    return await Promise.race([body(own.signal), stopped]);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
  }
}
