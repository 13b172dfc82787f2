/** Aborted when the client hangs up or after `seconds`, whichever comes first. */
export const withDeadline = (signal: AbortSignal, seconds: number): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(seconds * 1000))]);
