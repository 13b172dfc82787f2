import type { z } from 'zod';
import type { State } from '../model/state.ts';
import type { ClaimedRun } from '../model/worker.ts';
import type { FromFlowProcess as FromFlowProcessSchema } from './from-flow-process.ts';

/*
 * What a worker and a flow process say to each other, a JSON line each, over a socket of their own: user code has `process.send` and
 * the like, and must neither be heard by the worker nor hear it. The first line, from the worker, is the word by which it knows the
 * lines of the process's own program; it is read before any user code is there.
 */

/** Where a flow process finds the socket. */
export const CHANNEL_FD = 3;

/** What a worker needs to talk to the server. Its flow processes have a token of their run instead. */
export interface ApiAccess {
  readonly api_url: string;
  readonly api_key: string | undefined;
  readonly auth_string: string | undefined;
}

/** From the worker to a flow process. A process gets one `run` after the other, when it is kept. */
export type ToFlowProcess =
  /** Every line of the process carries it. */
  | { readonly type: 'hello'; readonly word: string }
  /** The environment comes before the user's code is loaded, since modules read it as they load. */
  | {
      readonly type: 'load';
      readonly env: Readonly<Record<string, string>>;
      readonly path: string;
      readonly entrypoint: string;
      readonly api_url: string;
    }
  | {
      readonly type: 'run';
      /** One of those that were loaded. */
      readonly entrypoint: string;
      readonly claimed: ClaimedRun;
      /** What only this run has of its worker's environment. */
      readonly env: Readonly<Record<string, string>>;
      readonly worker_name: string;
      readonly logging_level: string;
      /** The worker has looked: the code that is loaded is the code on disk. */
      readonly checked: boolean;
      /** The process was started for this run: what it cannot load now cannot be loaded. */
      readonly anew: boolean;
      /** After a run that has completed the process stays, for another one. */
      readonly keep: boolean;
    }
  /** The run has ended in this state, and its process was gone before it could call the hooks. */
  | {
      readonly type: 'call-hooks';
      readonly entrypoint: string;
      readonly claimed: ClaimedRun;
      readonly env: Readonly<Record<string, string>>;
      readonly worker_name: string;
      readonly logging_level: string;
      readonly state: State;
    }
  /** Answered at once by a main thread that turns. */
  | { readonly type: 'ping' }
  /** The worker stops: it wants to hear when the run only waits. */
  | { readonly type: 'drain' }
  | { readonly type: 'cancel'; readonly reason: 'Cancelled' | 'WorkerShutdown' };

/** From a flow process to its worker. */
export type FromFlowProcess = z.infer<typeof FromFlowProcessSchema>;
