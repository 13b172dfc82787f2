/** Limits on a run's process group. */
export interface RunLimits {
  readonly memoryMb: number | undefined;
  /** How they are held, for the log. */
  readonly how: string;
  /** Whether the group was killed because it wanted more memory. */
  ranOutOfMemory(): Promise<boolean>;
  release(): Promise<void>;
}

export interface Wanted {
  readonly memoryMb: number | undefined;
  readonly cpu: number | undefined;
}

/** Puts a process under limits; undefined when none are wanted. */
export async function limitRun(_pid: number | undefined, { memoryMb, cpu }: Wanted): Promise<RunLimits | undefined> {
  if (memoryMb === undefined && cpu === undefined) return undefined;
  return { memoryMb, how: 'none', ranOutOfMemory: async () => false, release: async () => {} };
}
