import type { FlowRun } from '@sluice/core/model/flow-run';
import { type Column, column, instantColumn, stateColumn } from './column.ts';

export const upcomingColumns = (flows: ReadonlyMap<string, string>): readonly Column<FlowRun>[] => [
  instantColumn('Start', ({ next_scheduled_start_time, expected_start_time }) => next_scheduled_start_time ?? expected_start_time),
  column('ID', ({ id }) => id),
  column('Flow', ({ flow_id }) => flows.get(flow_id)),
  column('Name', ({ name }) => name),
  stateColumn(),
  column('Work queue', ({ work_queue_name }) => work_queue_name),
  column('Deployment ID', ({ deployment_id }) => deployment_id),
];
