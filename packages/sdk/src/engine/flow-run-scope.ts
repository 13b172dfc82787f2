import type { Client } from '@sluice/client';
import type { LeaseHolder } from '@sluice/core/model/concurrency-limit';
import type { State } from '@sluice/core/model/state';
import type { LogShipper } from '../logs/logging.ts';
import type { Logger, RunInfo } from '../model/run.ts';
import type { ReportProgress } from '../runs/progress.ts';
import type { WatchDeadline } from './follow.ts';
import type { CallKeys } from './keys.ts';
import type { WaitHub, Work } from './wait-hub.ts';

/** All that belongs to one flow run while it runs in this process. */
export interface FlowRunScope {
  readonly client: Client;
  readonly info: RunInfo;
  readonly keys: CallKeys;
  readonly logs: LogShipper;
  readonly report: ReportProgress;
  readonly waits: WaitHub;
  /** The flow run itself, then the task and the flow runs that called it and wait for it. */
  readonly within: readonly LeaseHolder[];
  /** Aborted when the run is to stop; its reason is a RunAborted or a TimedOut. */
  readonly stop: AbortController;
  readonly watchDeadline?: WatchDeadline | undefined;
  readonly onLeaving: (isLeaving: boolean) => void;
  /** Task runs by `checkpointKey`: those that an earlier try of this run has made, and those of this one. */
  readonly taskRuns: Map<string, KnownTaskRun>;
  /** How often this try has paused, or come by a pause. */
  readonly pauses: { count: number };
  /** Calls without an identity that were reported already: once is enough. */
  readonly opaque: Set<string>;
  /** Tasks and subflows that are under way, so that the run ends after them. */
  readonly running: Set<Promise<unknown>>;
}

interface KnownTaskRun {
  readonly id: string;
  /** The state it was left in; null for one of this try. */
  readonly state: State | null;
}

/** One try of a task. Calls in it have keys of their own, so that the next try finds what this one has made. */
export interface TaskTry {
  readonly id: string;
  readonly work: Work;
  readonly keys: CallKeys;
  /** The task itself, then what called it and waits for it. */
  readonly within: readonly LeaseHolder[];
}

export const flowLog = ({ logs, info: { flow_run_id, flow_run_name } }: FlowRunScope): Logger =>
  logs.logger({ name: 'sluice.flow_runs', label: `Flow run '${flow_run_name}'`, flow_run_id, task_run_id: null });

/** Reports a call that no later try can find, once for each task. */
export function warnOfOpaque(scope: FlowRunScope, what: string, why: string): void {
  if (scope.opaque.has(what)) return;
  scope.opaque.add(what);
  flowLog(scope).warn(`The input of ${what} cannot be compared with others (${why}): a later try of this flow run runs it again.`);
}

export const checkpointKey = (taskKey: string, dynamicKey: string): string => `${taskKey} ${dynamicKey}`;
