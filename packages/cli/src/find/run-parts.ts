import { type Client, pageAll } from '@sluice/client';
import type { Json } from '@sluice/core/lib/json';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { TaskRun } from '@sluice/core/model/task-run';
import { readResult } from './result.ts';

/** What belongs to a flow run besides its record. */
export interface RunParts {
  readonly result: Json | undefined;
  readonly task_runs: readonly TaskRun[];
  /** Flow runs that it has started. */
  readonly children: readonly FlowRun[];
}

/** In the order in which they were made. */
export async function readRunParts(client: Client, { id, state }: FlowRun): Promise<RunParts> {
  const [result, task_runs, children] = await Promise.all([
    readResult(client, state),
    pageAll((page) => client.request('POST /task_runs/filter', { body: { task_runs: { flow_run_id: { any_: [id] } }, ...page, sort: 'ID_DESC' } })),
    pageAll((page) =>
      client.request('POST /flow_runs/filter', { body: { flow_runs: { parent_flow_run_id: { any_: [id] } }, ...page, sort: 'ID_DESC' } }),
    ),
  ]);
  return { result, task_runs: task_runs.reverse(), children: children.reverse() };
}
