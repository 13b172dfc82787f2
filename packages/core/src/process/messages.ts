import type { ClaimedRun } from '../model/worker.ts';

/** What a flow process needs to talk to the server. */
export interface ApiAccess {
  readonly api_url: string;
  readonly api_key: string | undefined;
  readonly auth_string: string | undefined;
}

/** From the worker to a flow process, over Node's IPC. A process gets one `run` after the other, when it is kept. */
export type ToFlowProcess =
  /** The environment comes before the user's code is loaded, since modules read it as they load. */
  | {
      readonly type: 'load';
      readonly env: Readonly<Record<string, string>>;
      readonly path: string;
      readonly entrypoint: string;
      readonly api: ApiAccess;
    }
  | {
      readonly type: 'run';
      /** One of those that were loaded. */
      readonly entrypoint: string;
      readonly claimed: ClaimedRun;
      readonly api: ApiAccess;
      readonly worker_name: string;
      readonly logging_level: string;
      /** The worker has looked: the code that is loaded is the code on disk. */
      readonly checked: boolean;
      /** After a run that has completed the process stays, for another one. */
      readonly keep: boolean;
    }
  /** Answered at once by a main thread that turns. */
  | { readonly type: 'ping' }
  | { readonly type: 'cancel'; readonly reason: 'Cancelled' | 'WorkerShutdown' };

/** From a flow process to its worker. */
export type FromFlowProcess =
  /** The SDK is there; a process that is ready starts a run without loading anything but the user's code. */
  | { readonly type: 'ready' }
  /** The user's code is there. `files` are those of the project, each with the time of its last change as it was read: when one changes, the process is stale. */
  | { readonly type: 'loaded'; readonly files: readonly (readonly [file: string, modifiedMs: number])[] }
  /** The code was changed while it was loaded: the run has not begun, and needs another process. */
  | { readonly type: 'stale' }
  /** A state that ends this process's work is durable. */
  | { readonly type: 'finished'; readonly state_type: string }
  /** The process was told to stay, and waits for another run. */
  | { readonly type: 'free'; readonly rss_mb: number }
  | { readonly type: 'pong' }
  | { readonly type: 'failed'; readonly message: string };
