import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { isOfTask } from './is-about.ts';
import { question } from './query.ts';

export type TaskRun = RouteOutput<'GET /task_runs/{id}'>;

export const taskRuns = {
  list: (body: NonNullable<RouteInput<'POST /task_runs/filter'>['body']>) => question(['task_run'], 'POST /task_runs/filter', { body }),
  one: (id: string) => question(['task_run'], 'GET /task_runs/{id}', { params: { id } }, isOfTask(id)),
  states: (task_run_id: string) => question(['task_run'], 'GET /task_run_states/', { query: { task_run_id } }, isOfTask(task_run_id)),
  result: (id: string) => question([], 'GET /results/{id}', { params: { id } }),
};
