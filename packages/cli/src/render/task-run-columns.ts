import type { Json } from '@sluice/core/lib/json';
import type { TaskRun } from '@sluice/core/model/task-run';
import { duration } from './ago.ts';
import { type Column, column, instantColumn, stateColumn } from './column.ts';

const took: Column<TaskRun> = {
  header: 'Took',
  value: ({ start_time, estimated_run_time }) => (start_time ? estimated_run_time.toFixed(3) : null),
  show: ({ start_time, estimated_run_time }) => (start_time ? duration(estimated_run_time) : ''),
};

export const TASK_RUN_COLUMNS: readonly Column<TaskRun>[] = [
  column('ID', ({ id }) => id),
  column('Name', ({ name }) => name),
  stateColumn(),
  instantColumn('Start', ({ start_time, expected_start_time }) => start_time ?? expected_start_time),
  took,
  column('Flow run ID', ({ flow_run_id }) => flow_run_id),
];

export const taskRunFields = (result: Json | undefined): readonly Column<TaskRun>[] => [
  ...TASK_RUN_COLUMNS,
  column('Message', ({ state }) => state?.message),
  column('Result', () => (result === undefined ? null : JSON.stringify(result))),
  column('Child flow run ID', ({ state }) => state?.state_details.child_flow_run_id),
  column('Task key', ({ task_key }) => task_key),
  column('Tags', ({ tags }) => tags.join(', ')),
  column('Tries', ({ run_count }) => run_count),
  instantColumn('Created', ({ created }) => created),
  instantColumn('Ended', ({ end_time }) => end_time),
];
