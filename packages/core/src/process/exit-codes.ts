/*
 * How a program that has its claim from its environment says how it ended, to whoever looks at its container. It is no more than a
 * hint, since user code may end the process too: what is true of a run the server says.
 */
export const EXIT_CODES = {
  COMPLETED: 0,
  /** It ended without a word, as any program that meets an error: the run goes back to the queue with the end of its lease. */
  GONE: 1,
  FAILED: 20,
  CANCELLED: 21,
  /** The run goes on elsewhere: it was handed back, or waits for another try. */
  SCHEDULED: 22,
  /** The run was somebody else's, and nothing of it was changed. */
  LOST: 23,
  /** It could not go on, and the server knows why. */
  CRASHED: 24,
  /** The environment holds no claim, or settings that cannot be read. */
  NO_CLAIM: 78,
} as const;

/** Of the state in which the run's work ended; null: none, since the run was lost. */
export function exitCodeOf(stateType: string | null): number {
  if (stateType === null) return EXIT_CODES.LOST;
  return Object.hasOwn(EXIT_CODES, stateType) ? EXIT_CODES[stateType as keyof typeof EXIT_CODES] : EXIT_CODES.SCHEDULED;
}
