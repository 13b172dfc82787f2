import type { ApiAccess } from '@sluice/core/process/messages';
import type { HealthAddress } from './health.ts';

export interface WorkerOptions {
  readonly api: ApiAccess;
  readonly pool: string;
  readonly name: string;
  /** Flow runs at once. */
  readonly limit: number;
  /** Empty: all queues of the pool. */
  readonly queues: readonly string[];
  readonly beatSeconds: number;
  /** How long a cancelled run may take to stop. */
  readonly graceSeconds: number;
  /** How long a run's code may take to load; the setting's default when left out, as with the next one. */
  readonly startSeconds?: number;
  /** How long a process may stand ready with its code loaded; 0: none does. */
  readonly spareSeconds?: number;
  readonly loggingLevel: string;
  /** Runs have only what their deployment names, instead of the worker's environment. */
  readonly cleanEnv: boolean;
  /** Folder for the compile cache of flow processes. */
  readonly cache: string;
  /** Folder where bundles are unpacked, which workers of a home share. */
  readonly bundles: string;
  /** What that may hold; the setting's default when left out. */
  readonly bundleCacheMb?: number;
  /** Takes what is due, and what comes while that runs, and ends. */
  readonly isOnce?: boolean;
  /** Where it answers whether it is in touch with its server; nowhere when left out. */
  readonly health?: HealthAddress;
  readonly onEvent?: (event: WorkerEvent) => void;
}

/** What places know of their worker. */
export type PlaceOptions = Required<Omit<WorkerOptions, 'isOnce' | 'health'>>;

export type WorkerEvent =
  | { readonly type: 'online' }
  | { readonly type: 'claimed'; readonly flow_run: string; readonly flow: string; readonly epoch: number }
  | { readonly type: 'ended'; readonly flow_run: string; readonly how: string }
  | { readonly type: 'note'; readonly message: string };
