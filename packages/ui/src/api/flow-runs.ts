import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { isOfRun, isOfTrace } from './is-about.ts';
import { question } from './query.ts';

export type FlowRun = RouteOutput<'GET /flow_runs/{id}'>;
export type FlowRunFilter = NonNullable<RouteInput<'POST /flow_runs/filter'>['body']>;

/** Between two askings why a run of a list waits. */
const ROW_GAP_MS = 2000;

export const flowRuns = {
  list: (body: FlowRunFilter) => question(['flow_run'], 'POST /flow_runs/filter', { body }),
  /** The newest run that was started by no other. */
  newestRoot: () => flowRuns.list({ flow_runs: { parent_task_run_id: { is_null_: true } }, sort: 'ID_DESC', limit: 1 }),
  /** For a filter that few runs match: the server looks at so many runs, and says how far back that was. */
  page: (body: RouteInput<'POST /flow_runs/page'>['body']) => question(['flow_run'], 'POST /flow_runs/page', { body }),
  summary: (body: RouteInput<'POST /flow_runs/summary'>['body']) => question(['flow_run'], 'POST /flow_runs/summary', { body }),
  one: (id: string) => question(['flow_run'], 'GET /flow_runs/{id}', { params: { id } }, isOfRun(id)),
  states: (flow_run_id: string) => question(['flow_run'], 'GET /flow_run_states/', { query: { flow_run_id } }, isOfRun(flow_run_id)),
  trace: (id: string) => question(['task_run', 'flow_run'], 'GET /flow_runs/{id}/trace', { params: { id } }, isOfTrace(id)),
  restartScope: (id: string, from_task_run_id: string) =>
    question(['task_run', 'flow_run'], 'GET /flow_runs/{id}/restart', { params: { id }, query: { from_task_run_id } }, isOfTrace(id)),
  waitReason: (id: string) =>
    question(['flow_run', 'work_pool', 'work_queue', 'worker', 'concurrency_limit'], 'GET /flow_runs/{id}/wait_reason', { params: { id } }),
  /** The same for a row of a list, of which there are many. */
  waitReasonOfRow: (id: string) => {
    const asked = flowRuns.waitReason(id);
    return { ...asked, meta: { ...asked.meta, gap: ROW_GAP_MS } };
  },
  board: (id: string) => question(['flow_run'], 'GET /flow_runs/{id}/board', { params: { id } }),
};
