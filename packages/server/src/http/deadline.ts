import { LONGEST_TIMER_MS } from '@sluice/core/lib/duration';

/** Aborted when the client hangs up or after `seconds`, whichever comes first. */
export const withDeadline = (signal: AbortSignal, seconds: number): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(Math.min(Math.ceil(seconds * 1000), LONGEST_TIMER_MS))]);
