import { type KnownRecords, type Question, question } from './page-questions.ts';

type Body = Exclude<Question['input']['body'], undefined>;

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

/** What Prefect's clients, its CLI and its dashboard ask for of flow runs, each in the orders that they ask for. */
const filtersOf = ({ flow, deployment, newest_run }: KnownRecords): { readonly [what: string]: Body } => ({
  all: {},
  failed: { flow_runs: { state: { type: { any_: ['FAILED', 'CRASHED'] } } } },
  crashed: { flow_runs: { state: { type: { any_: ['CRASHED'] } } } },
  completed: { flow_runs: { state: { type: { any_: ['COMPLETED'] } } } },
  open: { flow_runs: { state: { type: { any_: ['RUNNING', 'PENDING', 'CANCELLING'] } } } },
  late: { flow_runs: { state: { name: { any_: ['Late'] } } } },
  'cancelling, of deployments': {
    flow_runs: { state: { type: { any_: ['CANCELLING'] }, name: { any_: ['Cancelling'] } } },
    deployments: { id: { any_: [deployment] } },
  },
  'cancelling, of some runs': { flow_runs: { state: { name: { any_: ['Cancelling'] } }, id: { any_: [newest_run] } } },
  'a day': { flow_runs: { expected_start_time: { after_: daysAgo(3), before_: daysAgo(2) } } },
  'a day by start': { flow_runs: { start_time: { after_: daysAgo(3), before_: daysAgo(2) } } },
  'failed in a week': { flow_runs: { state: { type: { any_: ['FAILED'] } }, expected_start_time: { after_: daysAgo(21), before_: daysAgo(14) } } },
  'of a deployment': { deployments: { id: { any_: [deployment] } } },
  'of a deployment, by its runs': { flow_runs: { deployment_id: { any_: [deployment] } } },
  'of a deployment, failed': { flow_runs: { state: { type: { any_: ['FAILED'] } } }, deployments: { id: { any_: [deployment] } } },
  'of a flow': { flows: { id: { any_: [flow] } } },
  'of a flow, by its name': { flows: { name: { any_: ['filled-flow-3'] } } },
  'of a pool': { work_pools: { name: { any_: ['filled-pool-1'] } } },
  'a tag': { flow_runs: { tags: { all_: ['nightly'] } } },
  'a rare tag': { flow_runs: { tags: { all_: ['rare'] } } },
  'a tag of none': { flow_runs: { tags: { all_: ['of-nobody'] } } },
  'a name': { flow_runs: { name: { any_: ['load-orders-35'] } } },
  'of a parent task': { flow_runs: { parent_task_run_id: { any_: [newest_run] } } },
});

const ORDERS = ['START_TIME_DESC', 'EXPECTED_START_TIME_DESC', 'ID_DESC'] as const;

/** Every filter in every order; those of the dashboard page by page too. */
export const clientQuestions = (known: KnownRecords): Question[] =>
  Object.entries(filtersOf(known)).flatMap(([what, filter]) =>
    ORDERS.map((sort) => question(`${what}, ${sort}`, 'POST /flow_runs/filter', { ...filter, sort, limit: 200 })),
  );
