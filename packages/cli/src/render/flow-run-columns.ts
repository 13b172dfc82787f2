import type { FlowRun } from '@sluice/core/model/flow-run';
import type { WaitReason } from '@sluice/core/model/wait-reason';
import { duration } from './ago.ts';
import { type Column, column, instantColumn, stateColumn } from './column.ts';

/** When a run starts, or has started. */
const startOf = ({ start_time, expected_start_time }: FlowRun) => start_time ?? expected_start_time;

const took: Column<FlowRun> = {
  header: 'Took',
  value: ({ start_time, estimated_run_time }) => (start_time ? estimated_run_time.toFixed(3) : null),
  show: ({ start_time, estimated_run_time }) => (start_time ? duration(estimated_run_time) : ''),
};

export const flowRunColumns = (flows: ReadonlyMap<string, string>): readonly Column<FlowRun>[] => [
  column('ID', ({ id }) => id),
  column('Flow', ({ flow_id }) => flows.get(flow_id)),
  column('Name', ({ name }) => name),
  stateColumn(),
  instantColumn('Start', startOf),
  took,
  column('Worker', ({ worker_name }) => worker_name),
];

export const flowRunFields = (flows: ReadonlyMap<string, string>, { reason, hint }: WaitReason): readonly Column<FlowRun>[] => [
  ...flowRunColumns(flows),
  column('Message', ({ state }) => state?.message),
  column('Why', () => reason),
  column('What helps', () => hint),
  column('Parameters', ({ parameters }) => JSON.stringify(parameters)),
  column('Tags', ({ tags }) => tags.join(', ')),
  column('Work pool', ({ work_pool_name }) => work_pool_name),
  column('Work queue', ({ work_queue_name }) => work_queue_name),
  column('Deployment ID', ({ deployment_id }) => deployment_id),
  column('Bundle', ({ bundle }) => bundle?.slice(0, 12)),
  column('Tries', ({ run_count }) => run_count),
  column('Crashes', ({ crash_count }) => crash_count ?? 0),
  instantColumn('Created', ({ created }) => created),
  instantColumn('Ended', ({ end_time }) => end_time),
];
