import type { Trace } from '@sluice/core/model/trace';
import { expect, test } from 'vitest';
import { calledTasks } from './called-tasks.ts';

const task = (id: string, name: string) => ({ id, name }) as Trace['task_runs'][number];
const child = (id: string, parent_task_run_id: string, table: string | null) =>
  ({ id, name: `run ${id}`, parent_task_run_id, table }) as Trace['flow_runs'][number];

test('a task that stands for one flow run is named by its table, or else by the run; its bar is the run’s', () => {
  const trace = {
    more: false,
    task_runs: [task('a', 'plan'), task('b', 'etl/daily'), task('c', 'etl/daily'), task('d', 'etl/daily')],
    flow_runs: [child('1', 'b', 'public.orders'), child('2', 'c', null), child('3', 'd', 'x'), child('4', 'd', 'y')],
  };
  expect(calledTasks(trace).map(({ name, barId }) => [name, barId])).toEqual([
    ['plan', 'a'],
    ['public.orders', '1'],
    ['run 2', '2'],
    ['etl/daily', 'd'],
  ]);
});
