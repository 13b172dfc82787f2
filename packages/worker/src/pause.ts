import { pause as wait } from '@sluice/client';

/** Resolves after `ms`, or earlier when `signal` is aborted. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> => wait(ms, signal).catch(() => {});
