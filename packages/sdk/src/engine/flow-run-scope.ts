import type { Client } from '@sluice/client';
import type { State } from '@sluice/core/model/state';
import type { RunInfo } from '../context.ts';
import type { AbortReason } from '../errors.ts';
import type { LogShipper } from '../logging.ts';
import type { ReportProgress } from '../progress.ts';
import type { CallKeys } from './keys.ts';
import type { WaitHub } from './wait-hub.ts';

/** All that belongs to one flow run while it runs in this process. */
export interface FlowRunScope {
  readonly client: Client;
  readonly info: RunInfo;
  readonly keys: CallKeys;
  readonly logs: LogShipper;
  readonly report: ReportProgress;
  readonly waits: WaitHub;
  /** Aborted when the run is to stop; its reason is a RunAborted or a TimedOut. */
  readonly stop: AbortController;
  /** States of task runs that an earlier try of this run has finished, by `<task key> <dynamic key>`. */
  readonly checkpoints: ReadonlyMap<string, { readonly id: string; readonly state: State }>;
  /** Tasks that are under way, so that the run ends after them. */
  readonly running: Set<Promise<unknown>>;
}

export const checkpointKey = (taskKey: string, dynamicKey: string): string => `${taskKey} ${dynamicKey}`;

export type Stop = (reason: AbortReason) => void;
