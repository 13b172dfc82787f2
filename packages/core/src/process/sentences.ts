/* Messages of a run from whoever ends its process: its worker, or its own guard. */

export const NOT_LOADED = (seconds: number): string =>
  `Its code was not loaded within ${seconds} s: a module waits for something that never comes, or computes without end. SLUICE_START_SECONDS sets this limit.`;

export const CANCELLED_OUT_OF_GRACE = 'The run was cancelled; its process was killed after the grace time.';
