import type { AnyCommand } from '../define-command.ts';

export interface CommandRow {
  /** The words that name it: `flow-run ls`. */
  readonly name: string;
  readonly summary: string;
  load(): Promise<{ readonly command: AnyCommand }>;
}

const row = (name: string, summary: string, load: CommandRow['load']): CommandRow => ({ name, summary, load });

/** What stands before the verb. Those that can be many answer to their plural too. */
export const NOUNS: { readonly [noun: string]: { readonly doc: string; readonly plural?: string } } = {
  server: { doc: 'The server' },
  worker: { doc: 'Workers, which claim flow runs of a work pool and run them', plural: 'workers' },
  'work-pool': { doc: 'Work pools, where deployments send their runs', plural: 'work-pools' },
  deployment: { doc: 'Deployments: flows with where and how to run them', plural: 'deployments' },
  'flow-run': { doc: 'Flow runs', plural: 'flow-runs' },
  'concurrency-limit': { doc: 'How many tasks with a tag may run at once', plural: 'concurrency-limits' },
  auth: { doc: 'The key of the server' },
  config: { doc: 'Settings' },
};

/** All commands, in the order of the help. What a command needs is loaded when it runs. */
export const COMMANDS: readonly CommandRow[] = [
  row('etl', 'Move tables into a warehouse: starts all it needs, shows it live, ends with a report', () => import('./etl/etl.ts')),
  row('query', 'Ask the warehouse something', () => import('./query.ts')),
  row('demo', 'Fill a database and a folder with the 20 real tables of the demo, once', () => import('./demo.ts')),
  row('setup', 'Make the work pool and the tag limit that flows expect, and read both back', () => import('./setup.ts')),
  row('deploy', 'Make the deployments of a sluice.config.ts', () => import('./deploy.ts')),
  row('reset', 'Remove the home: database, warehouse, logs and settings', () => import('./reset.ts')),
  row('server start', 'Start the server, with a PostgreSQL of its own unless told another', () => import('./server/start.ts')),
  row('server stop', 'Stop the server of this home', () => import('./server/stop.ts')),
  row('server status', 'Whether the server answers, and what it is and has', () => import('./server/status.ts')),
  row('worker start', 'Start one worker, or several', () => import('./worker/start.ts')),
  row('worker ls', 'List workers', () => import('./worker/ls.ts')),
  row('work-pool create', 'Create a work pool', () => import('./work-pool/create.ts')),
  row('work-pool ls', 'List work pools', () => import('./work-pool/ls.ts')),
  row('work-pool inspect', 'Show a work pool: its slots, workers and waiting runs', () => import('./work-pool/inspect.ts')),
  row(
    'work-pool set-concurrency-limit',
    'Say how many runs of a work pool may be active at once',
    () => import('./work-pool/set-concurrency-limit.ts'),
  ),
  row('work-pool clear-concurrency-limit', "Remove a work pool's limit", () => import('./work-pool/clear-concurrency-limit.ts')),
  row('work-pool pause', 'Keep runs of a work pool from starting', () => import('./work-pool/pause.ts')),
  row('work-pool resume', 'Let runs of a paused work pool start', () => import('./work-pool/resume.ts')),
  row('work-pool delete', 'Delete a work pool', () => import('./work-pool/delete.ts')),
  row('deployment run', 'Start a flow run of a deployment', () => import('./deployment/run.ts')),
  row('deployment ls', 'List deployments', () => import('./deployment/ls.ts')),
  row('deployment inspect', 'Show a deployment', () => import('./deployment/inspect.ts')),
  row('flow-run ls', 'List flow runs, the newest first', () => import('./flow-run/ls.ts')),
  row('flow-run inspect', 'Show a flow run', () => import('./flow-run/inspect.ts')),
  row('flow-run logs', 'Print what a flow run has logged', () => import('./flow-run/logs.ts')),
  row('flow-run watch', 'Follow the states and logs of a flow run to its end', () => import('./flow-run/watch.ts')),
  row('flow-run cancel', 'Cancel flow runs and their children', () => import('./flow-run/cancel.ts')),
  row('flow-run retry', 'Run a flow run again that has ended; finished tasks and children are kept', () => import('./flow-run/retry.ts')),
  row('concurrency-limit create', "Set a tag's limit", () => import('./concurrency-limit/create.ts')),
  row('concurrency-limit ls', 'List the limits of tags', () => import('./concurrency-limit/ls.ts')),
  row('concurrency-limit inspect', "Show a tag's limit and who holds its slots", () => import('./concurrency-limit/inspect.ts')),
  row('concurrency-limit delete', "Delete a tag's limit", () => import('./concurrency-limit/delete.ts')),
  row('auth check', 'Whether the server takes the key', () => import('./auth/check.ts')),
  row('config view', 'Show every setting and where it comes from', () => import('./config/view.ts')),
  row('config set', "Write settings into the home's config.env", () => import('./config/set.ts')),
];
