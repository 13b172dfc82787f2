import { LONGEST_TIMER_MS } from '@sluice/core/lib/duration';

export interface Timer {
  stop(): void;
}

/** Calls `work` after `ms`, however long that is. */
export function startTimer(ms: number, work: () => void): Timer {
  const end = performance.now() + ms;
  let timer: ReturnType<typeof setTimeout>;
  const arm = () => {
    const left = end - performance.now();
    timer = left > LONGEST_TIMER_MS ? setTimeout(arm, LONGEST_TIMER_MS) : setTimeout(work, Math.max(0, left));
  };
  arm();
  return { stop: () => clearTimeout(timer) };
}

/** Resolves after `ms`, however long that is; rejects with the signal's reason when it is aborted before. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  if (signal?.aborted) {
    reject(signal.reason);
    return promise;
  }
  const stop = () => {
    timer.stop();
    reject(signal?.reason);
  };
  const timer = startTimer(ms, () => {
    signal?.removeEventListener('abort', stop);
    resolve();
  });
  signal?.addEventListener('abort', stop, { once: true });
  return promise;
}

/** The clock that all processes of a machine share and nobody sets, in milliseconds. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);
