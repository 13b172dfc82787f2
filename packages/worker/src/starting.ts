/** So long a run that was given to its process is left alone: what else is to be done waits, and does not slow its start down. */
export const STARTING_MS = 30;
