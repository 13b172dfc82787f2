import type { RouteInput, RouteKey } from '@sluice/core/api/routes';

/** What a page of the dashboard asks a server for: in words, the route, and what goes in. */
export interface Question {
  readonly what: string;
  readonly route: RouteKey;
  readonly input: { readonly body?: object; readonly params?: object; readonly query?: object };
  /** What its p95 may be on a machine where the default list takes 20 ms. */
  readonly goalMs: number;
}

export const question = <K extends RouteKey>(
  what: string,
  route: K,
  body: RouteInput<K> extends { body?: infer B } ? B & object : never,
  goalMs = 50,
): Question => ({ what, route, input: { body }, goalMs });

const reading = <K extends RouteKey>(what: string, route: K, input: RouteInput<K> & object): Question => ({ what, route, input, goalMs: 50 });

/** Of 100,000 lines of one run. */
const SEARCH_MS = 500;

const HOUR = 3600;
const hoursAgo = (hours: number) => new Date(Math.ceil(Date.now() / (HOUR * 1000)) * HOUR * 1000 - hours * HOUR * 1000).toISOString();
const history = (hours: number, intervals: number) => ({
  history_start: hoursAgo(hours),
  history_end: hoursAgo(0),
  history_interval_seconds: (hours * HOUR) / intervals,
});

/** Ids that the questions need. */
export interface KnownRecords {
  readonly flow: string;
  readonly deployment: string;
  readonly newest_run: string;
}

export const pageQuestions = ({ flow, deployment, newest_run }: KnownRecords): Question[] => [
  question('default list', 'POST /flow_runs/filter', {}),
  question('runs: first page', 'POST /flow_runs/page', { limit: 50 }),
  ...(['START_TIME_DESC', 'START_TIME_ASC', 'EXPECTED_START_TIME_DESC', 'EXPECTED_START_TIME_ASC', 'END_TIME_DESC'] as const).map((sort) =>
    question(`runs: by ${sort}`, 'POST /flow_runs/page', { limit: 50, sort }),
  ),
  question('runs: failed', 'POST /flow_runs/page', { limit: 50, flow_runs: { state: { type: { any_: ['FAILED'] } } } }),
  question('runs: crashed', 'POST /flow_runs/page', { limit: 50, flow_runs: { state: { type: { any_: ['CRASHED'] } } } }),
  question('runs: open', 'POST /flow_runs/page', { limit: 50, flow_runs: { state: { type: { any_: ['RUNNING', 'PENDING', 'CANCELLING'] } } } }),
  question('runs: a rare tag', 'POST /flow_runs/page', { limit: 50, flow_runs: { tags: { all_: ['rare'] } } }),
  question('runs: a part of the name', 'POST /flow_runs/page', { limit: 50, flow_runs: { name: { like_: 'orders-1234' } } }),
  question('runs: a part of the flow’s name', 'POST /flow_runs/page', { limit: 50, flows: { name: { like_: 'flow-3' } } }),
  question('runs: of a flow', 'POST /flow_runs/page', { limit: 50, flows: { id: { any_: [flow] } } }),
  question('runs: of a deployment', 'POST /flow_runs/page', { limit: 50, deployments: { id: { any_: [deployment] } } }),
  question('runs: of a pool', 'POST /flow_runs/page', { limit: 50, work_pools: { name: { any_: ['filled-pool-1'] } } }),
  question('runs: of a worker', 'POST /flow_runs/page', { limit: 60, flow_runs: { worker_name: { any_: ['worker-1'] } } }),
  question('runs: late', 'POST /flow_runs/filter', { flow_runs: { state: { type: { any_: ['SCHEDULED'] }, name: { any_: ['Late'] } } } }),
  question('runs: no subflows', 'POST /flow_runs/page', { limit: 50, flow_runs: { parent_task_run_id: { is_null_: true } } }),
  question('runs: failed in a week', 'POST /flow_runs/page', {
    limit: 50,
    sort: 'EXPECTED_START_TIME_DESC',
    flow_runs: { state: { type: { any_: ['FAILED'] } }, expected_start_time: { after_: hoursAgo(14 * 24), before_: hoursAgo(7 * 24) } },
  }),
  ...(['ID_DESC', 'START_TIME_DESC'] as const).map((sort) =>
    question(`runs: failed in a week, by ${sort}`, 'POST /flow_runs/page', {
      limit: 50,
      sort,
      flow_runs: { state: { type: { any_: ['FAILED'] } }, expected_start_time: { after_: hoursAgo(14 * 24), before_: hoursAgo(7 * 24) } },
    }),
  ),
  question('counts: all', 'POST /flow_runs/summary', {}),
  question('counts: of a deployment', 'POST /flow_runs/summary', { deployments: { id: { any_: [deployment] } } }),
  question('counts: of a flow', 'POST /flow_runs/summary', { flows: { id: { any_: [flow] } } }),
  question('counts: of a tag', 'POST /flow_runs/summary', { flow_runs: { tags: { all_: ['nightly'] } } }),
  question('counts: of a part of the name', 'POST /flow_runs/summary', { flow_runs: { name: { like_: 'orders-1' } } }),
  question('counts: of the last hour', 'POST /flow_runs/summary', { flow_runs: { expected_start_time: { after_: hoursAgo(1) } } }),
  question('counts: of a week', 'POST /flow_runs/summary', { flow_runs: { expected_start_time: { after_: hoursAgo(7 * 24) } } }),
  reading('pool: overview', 'GET /work_pools/{name}/overview', { params: { name: 'filled-pool-1' } }),
  reading('pool: waits of an hour', 'GET /work_pools/{name}/waits', { params: { name: 'filled-pool-1' }, query: {} }),
  reading('pool: waits of a day', 'GET /work_pools/{name}/waits', { params: { name: 'filled-pool-1' }, query: { over: 'day' } }),
  reading('pool: depth', 'GET /work_pools/{name}/queue_depth', { params: { name: 'filled-pool-1' } }),
  question('history: an hour', 'POST /flow_runs/history', history(1, 60)),
  question('history: a day', 'POST /flow_runs/history', history(24, 24)),
  question('history: a week', 'POST /flow_runs/history', history(7 * 24, 84)),
  question('history: 30 days', 'POST /flow_runs/history', history(30 * 24, 90)),
  question('history: 30 days of a flow', 'POST /flow_runs/history', { ...history(30 * 24, 90), flows: { id: { any_: [flow] } } }),
  question('history: 30 days of a deployment', 'POST /flow_runs/history', { ...history(30 * 24, 90), deployments: { id: { any_: [deployment] } } }),
  question('tasks: first page', 'POST /task_runs/page', { limit: 50 }),
  question('tasks: by expected start', 'POST /task_runs/page', { limit: 50, sort: 'EXPECTED_START_TIME_DESC' }),
  question('tasks: failed', 'POST /task_runs/page', { limit: 50, task_runs: { state: { type: { any_: ['FAILED'] } } } }),
  question('tasks: a part of the name', 'POST /task_runs/page', { limit: 50, task_runs: { name: { like_: 'load-77' } } }),
  question('tasks: counts', 'POST /task_runs/summary', {}),
  question('tasks: history of a day', 'POST /task_runs/history', history(24, 24)),
  question('tasks: history of a week', 'POST /task_runs/history', history(7 * 24, 84), 200),
  question('logs: all, newest', 'POST /logs/page', { limit: 200, sort: 'TIMESTAMP_DESC' }),
  question('logs: end of 100,000 lines', 'POST /logs/page', { limit: 200, sort: 'TIMESTAMP_DESC', logs: { flow_run_id: { any_: [newest_run] } } }),
  question('logs: errors of all runs', 'POST /logs/page', { limit: 200, sort: 'TIMESTAMP_DESC', logs: { level: { ge_: 40 } } }),
  question(
    'logs: a text in 100,000 lines',
    'POST /logs/page',
    {
      limit: 200,
      sort: 'TIMESTAMP_DESC',
      logs: { flow_run_id: { any_: [newest_run] }, text: { query: '"reset by peer"' } },
    },
    SEARCH_MS,
  ),
  question('logs: a text in all runs', 'POST /logs/page', {
    limit: 200,
    sort: 'TIMESTAMP_DESC',
    logs: { text: { query: '"reset by peer" -orders' } },
  }),
  question(
    'logs: levels of 100,000 lines',
    'POST /logs/histogram',
    {
      logs: { flow_run_id: { any_: [newest_run] } },
      start: hoursAgo(48),
      end: hoursAgo(0),
    },
    SEARCH_MS,
  ),
  question('logs: levels of all runs, an hour', 'POST /logs/histogram', { start: hoursAgo(48), end: hoursAgo(47) }),
];
