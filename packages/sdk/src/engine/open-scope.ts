import type { Client } from '@sluice/client';
import { pageAll } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { RunInfo } from '../context.ts';
import { LogShipper, levelOf } from '../logging.ts';
import { createProgressReporter } from '../progress.ts';
import { isCheckpoint } from '../results.ts';
import { checkpointKey, type FlowRunScope } from './flow-run-scope.ts';
import { CallKeys } from './keys.ts';
import { WaitHub } from './wait-hub.ts';

interface Opening {
  readonly client: Client;
  readonly flowRun: FlowRun;
  readonly flowName: string;
  readonly epoch: number;
  readonly workerName: string | null;
  readonly loggingLevel: string;
  readonly stop: AbortController;
}

/** What a flow run needs while it runs here. A run that was begun before brings what it has finished. */
export async function openScope({
  client,
  flowRun,
  flowName,
  epoch,
  workerName,
  loggingLevel,
  stop,
}: Opening): Promise<FlowRunScope & { flush(): Promise<void> }> {
  const attempt = flowRun.run_count + 1;
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
  const logs = new LogShipper(client, levelOf(loggingLevel));
  const progress = createProgressReporter(client, flowRun.id);
  return {
    client,
    info,
    logs,
    stop,
    keys: new CallKeys(),
    report: progress.report,
    waits: new WaitHub(client, { leased: epoch > 0 }),
    checkpoints: attempt > 1 || epoch > 1 ? await readCheckpoints(client, flowRun.id) : new Map(),
    running: new Set(),
    flush: async () => {
      await Promise.all([logs.flush(), progress.flush()]);
    },
  };
}

async function readCheckpoints(client: Client, flowRunId: string): Promise<FlowRunScope['checkpoints']> {
  const filter = { flow_runs: { id: { any_: [flowRunId] } }, task_runs: { state: { type: { any_: ['COMPLETED'] } } } };
  const taskRuns = await pageAll((page) => client.request('POST /task_runs/filter', { body: { ...filter, ...page } }));
  return new Map(
    taskRuns.flatMap(({ id, task_key, dynamic_key, state }) =>
      isCheckpoint(state) ? [[checkpointKey(task_key, dynamic_key), { id, state }] as const] : [],
    ),
  );
}
