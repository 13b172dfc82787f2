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
  /** Whether the group was killed because it wanted more memory. */
  ranOutOfMemory(): Promise<boolean>;
  release(): Promise<void>;
}

/** Puts a process under limits, or says that it cannot: undefined. */
export type Limiter = (pid: number, wanted: Wanted) => Promise<RunLimits | undefined>;
