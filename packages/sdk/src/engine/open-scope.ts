import type { Client } from '@sluice/client';
import { pageAll } from '@sluice/client';
import type { LeaseHolder } from '@sluice/core/model/concurrency-limit';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { LogShipper } from '../logs/logging.ts';
import type { RunInfo } from '../model/run.ts';
import { createProgressReporter } from '../runs/progress.ts';
import { checkpointKey, type FlowRunScope } from './flow-run-scope.ts';
import type { WatchDeadline } from './follow.ts';
import { CallKeys } from './keys.ts';
import type { WaitHub } from './wait-hub.ts';

interface Opening {
  readonly client: Client;
  readonly flowRun: FlowRun;
  readonly flowName: string;
  readonly epoch: number;
  readonly workerName: string | null;
  readonly logs: LogShipper;
  readonly waits: WaitHub;
  readonly stop: AbortController;
  /** Who called it, when it is a subflow. */
  readonly within?: readonly LeaseHolder[];
  readonly watchDeadline?: WatchDeadline | undefined;
  readonly onLeaving?: (isLeaving: boolean) => void;
}

export type OpenScope = FlowRunScope & { flush(): Promise<void> };

/** What a flow run needs while it runs here. A run that was begun before brings what it has finished. */
export async function openScope({
  client,
  flowRun,
  flowName,
  epoch,
  workerName,
  logs,
  waits,
  stop,
  within = [],
  watchDeadline,
  onLeaving = () => {},
}: Opening): Promise<OpenScope> {
  // A subflow that lost its process stands as RUNNING still, and a run that was suspended resumes: this is the same try.
  const begun = flowRun.run_count;
  const isSame = flowRun.state_type === 'RUNNING' || flowRun.empirical_policy.resuming;
  const attempt = isSame ? Math.max(1, begun) : begun + 1;
  const info: RunInfo = {
    flow_run_id: flowRun.id,
    flow_run_name: flowRun.name,
    flow_name: flowName,
    deployment_id: flowRun.deployment_id,
    parameters: flowRun.parameters,
    attempt,
    epoch,
    worker_name: workerName,
    task_run_id: null,
    task_name: null,
  };
  const progress = createProgressReporter(client, flowRun.id);
  return {
    client,
    info,
    logs,
    waits,
    stop,
    within: [{ type: 'flow_run', id: flowRun.id }, ...within],
    watchDeadline,
    onLeaving,
    keys: new CallKeys(),
    report: progress.report,
    taskRuns: begun > 0 || epoch > 1 ? await readTaskRuns(client, flowRun.id) : new Map(),
    pauses: { count: 0 },
    opaque: new Set(),
    running: new Set(),
    flush: async () => {
      await Promise.all([logs.flush(), progress.flush()]);
    },
  };
}

async function readTaskRuns(client: Client, flowRunId: string): Promise<FlowRunScope['taskRuns']> {
  const filter = { flow_runs: { id: { any_: [flowRunId] } } };
  const taskRuns = await pageAll((page) => client.request('POST /task_runs/filter', { body: { ...filter, ...page } }));
  return new Map(taskRuns.map(({ id, task_key, dynamic_key, state }) => [checkpointKey(task_key, dynamic_key), { id, state }]));
}
