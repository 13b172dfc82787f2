import { pageAll } from '@sluice/client';
import { FINAL_STATE_TYPES } from '@sluice/core/model/state-type';
import type { TaskRun } from '@sluice/core/model/task-run';
import { useClient } from '../settings/use-client.ts';
import { type FlowRunHandle, toHandle } from './flow-run-handle.ts';

/** The flow runs that a flow run has started, oldest first. */
export const childFlowRuns = (flowRunId: string): Promise<FlowRunHandle[]> =>
  useClient(async (client) => {
    const filter = { flow_runs: { parent_flow_run_id: { any_: [flowRunId] } }, sort: 'EXPECTED_START_TIME_ASC' as const };
    const runs = await pageAll((page) => client.request('POST /flow_runs/filter', { body: { ...filter, ...page } }));
    return Promise.all(runs.map((run) => toHandle(client, run)));
  });

/** The task runs of the flow runs that a flow run has started. */
export const childTaskRuns = (flowRunId: string): Promise<TaskRun[]> =>
  useClient((client) => {
    const filter = { flow_runs: { parent_flow_run_id: { any_: [flowRunId] } } };
    return pageAll((page) => client.request('POST /task_runs/filter', { body: { ...filter, ...page } }));
  });

/** Whether a flow run can still do something; false when it is final, or gone. `cancelling`: whether one that is being cancelled can. */
export const isFlowRunOpen = (flowRunId: string, { cancelling = true } = {}): Promise<boolean> =>
  useClient(async (client) => {
    const not_any_ = [...FINAL_STATE_TYPES, ...(cancelling ? [] : ['CANCELLING' as const])];
    const open = { id: { any_: [flowRunId] }, state: { type: { not_any_ } } };
    return (await client.request('POST /flow_runs/count', { body: { flow_runs: open } })) > 0;
  });
