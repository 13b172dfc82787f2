import type { State } from '@sluice/core/model/state';
import type { ClaimedRun } from '@sluice/core/model/worker';
import type { Overdue } from '@sluice/core/process/end-overdue';
import type { Code, JobVariables, WantedCode } from '../job.ts';
import type { TellLog } from '../tell-log.ts';
import type { PlaceOptions } from '../worker-options.ts';

/*
 * Where the runs of a work pool run. A worker claims runs, keeps their leases and tells the server what their places could not; of a
 * place it knows what stands here. The type of the pool decides which one it is: `table.ts`.
 */

export type Infrastructure = LocalInfrastructure | RemoteInfrastructure;

/** Places on this machine: the worker finds the code of a run for them. */
export interface LocalInfrastructure {
  readonly codeIs: 'here';
  /** Begins to run an order. It never throws: a place that cannot be had is one that was left `unused`. */
  start(order: LocalOrder): Place;
  /** Calls the hooks of the state in which a run has ended whose place is gone, within the grace time. What fails is in the run's log. */
  callHooks(order: LocalOrder, state: State): Promise<void>;
  /** A run of this code may come soon. Nobody waits for it, and it never throws. */
  prepare(code: Code): void;
  /** No run is left, and none will come. */
  close(): void;
}

/** Places with files of their own, such as containers: the program there finds the code itself. */
export interface RemoteInfrastructure {
  readonly codeIs: 'there';
  start(order: RunOrder): Place;
  close(): void;
}

/** Made once for a worker. What is noted is for whoever runs that. */
export type MakeInfrastructure = (options: PlaceOptions, onNote: (message: string) => void) => Infrastructure | Promise<Infrastructure>;

/** A claimed run, as a place gets it. */
export interface RunOrder {
  readonly claimed: ClaimedRun;
  readonly wanted: WantedCode;
  readonly variables: JobVariables;
  /** The place before was of no use: this one must not be one that stood ready. */
  readonly anew: boolean;
  /** Writes into the log of the run. */
  readonly tellLog: TellLog;
  /** Called after `drain`, when the run does nothing but wait, or has not begun. */
  readonly onAsleep: () => void;
}

export interface LocalOrder extends RunOrder {
  readonly code: Code;
}

/** So long the program of a run has to leave a container or a pod by itself when its lease is over. */
export const LEAVES_MS = 5000;

/** Why a run is asked to stop. */
export type StopReason = 'Cancelled' | 'WorkerShutdown';

/** What one order has of the infrastructure. After its end nothing of this does anything. */
export interface Place {
  /** How the run left it, as soon as nothing of it is there any more. */
  readonly ended: Promise<Left>;
  /** Asks the run to stop, and ends it when it has not after the grace time. One that has not begun is ended at once. */
  stop(reason: StopReason): void;
  /** The worker stops: it wants to hear when the run only waits. */
  drain(): void;
  /** Ends the run at once, with all that it has started. */
  kill(): void;
  /** The lease lives until then, in milliseconds of the monotonic clock: the run must end with it, whatever becomes of this worker. */
  prolong(deadlineMs: number): void;
  /** Seconds since the run's main thread last turned; undefined while it turns, and where nobody can tell. */
  stalledSeconds(): number | undefined;
}

/** How a run left its place. */
export type Left =
  /** It has told the server how its work there ended, in a state of this type. */
  | { readonly type: 'finished'; readonly state_type: string }
  /** It has not begun, and needs another place. `trouble`: why this one could not be had. `isLasting`: another would be of no use either. */
  | { readonly type: 'unused'; readonly trouble?: { readonly message: string; readonly isLasting: boolean } }
  /** It goes on there without this worker, and keeps its lease itself. */
  | { readonly type: 'kept' }
  /** It was ended at a deadline of its own: that of a task run, when one is named. */
  | (Overdue & { readonly type: 'overdue'; readonly hooksOf?: HooksOf })
  /** It is gone, and has not ended. `log`: what else there is to say. `isOutOfGrace`: it was asked to stop, and did not. */
  | {
      readonly type: 'gone';
      readonly message: string;
      readonly isFinal: boolean;
      readonly log: readonly string[];
      readonly isOutOfGrace: boolean;
      readonly hooksOf?: HooksOf;
    };

/** Types of states for which the flow has hooks; none when it was not loaded, or when nobody can call them. */
type HooksOf = readonly string[];
