import { setTimeout as wait } from 'node:timers/promises';

/** Resolves after `ms`, or earlier when `signal` is aborted. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> => wait(ms, undefined, signal ? { signal } : {}).catch(() => {});
