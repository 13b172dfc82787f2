/** What a run's process group may use. */
export interface Wanted {
  readonly memoryMb: number | undefined;
  /** Processors that it may keep busy; a fraction is one in part. */
  readonly cpu: number | undefined;
}

/** Limits that hold a process group. */
export interface RunLimits {
  readonly memoryMb: number | undefined;
  /** Who holds them, for the run's log. */
  readonly how: string;
  /** Why the kernel does not hold all of them, when a part is only watched. */
  readonly watched?: readonly string[];
  /** Whether the group was killed because it wanted more memory. */
  ranOutOfMemory(): Promise<boolean>;
  release(): Promise<void>;
}

/** Puts a process under limits, or says why it cannot. */
export type Limiter = (pid: number, wanted: Wanted) => Promise<RunLimits | string>;
