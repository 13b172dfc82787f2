import type { Client } from '@sluice/client';
import type { ClaimedRun } from '@sluice/core/model/worker';

/** Whose runs a worker asks for. */
export interface Claimer {
  readonly client: Client;
  readonly pool: string;
  /** Names of work queues; none: all of the pool. */
  readonly queues: readonly string[];
}

/**
 * The next runs of a worker, no more than it has room for. Resolves with none when there were none for about `seconds`; with 0 seconds
 * these are the runs that are due now.
 */
export type Claims = (room: number, seconds: number, signal: AbortSignal) => Promise<readonly ClaimedRun[]>;
