import type { AnyCommand } from '../program/define-command.ts';

export interface CommandRow {
  /** The words that name it: `flow-run ls`. */
  readonly name: string;
  readonly summary: string;
  load(): Promise<{ readonly command: AnyCommand }>;
}

const row = (name: string, summary: string, load: CommandRow['load']): CommandRow => ({ name, summary, load });

/** The noun before the verb. Nouns that can be many also take their plural, as in Prefect. */
export const NOUNS: { readonly [noun: string]: { readonly doc: string; readonly aliases?: readonly string[] } } = {
  server: { doc: 'The server' },
  worker: { doc: 'Workers, which claim flow runs of a work pool and run them', aliases: ['workers'] },
  'work-pool': { doc: 'Work pools, where deployments send their runs', aliases: ['work-pools'] },
  'work-queue': { doc: 'Work queues, the lanes of a work pool', aliases: ['work-queues'] },
  deployment: { doc: 'Deployments: which flow to run, where and how', aliases: ['deployments'] },
  'flow-run': { doc: 'Flow runs', aliases: ['flow-runs'] },
  'task-run': { doc: 'Task runs, the steps of flow runs', aliases: ['task-runs'] },
  'concurrency-limit': { doc: 'How many tasks with a tag can run at once', aliases: ['concurrency-limits'] },
  'global-concurrency-limit': {
    doc: 'Limits that flows ask for by name, with the limits of tags among them',
    aliases: ['gcl', 'global-concurrency-limits'],
  },
  quarantine: { doc: 'Rows of tables that could not be loaded as they are' },
  auth: { doc: 'The key of the server' },
  config: { doc: 'Settings' },
};

/** All commands, in the order of the help. What a command needs is loaded when it runs. */
export const COMMANDS: readonly CommandRow[] = [
  row('etl', 'Move tables into a warehouse: starts all it needs, shows it live, ends with a report', () => import('./etl/etl.ts')),
  row('query', 'Query the warehouse', () => import('./query.ts')),
  row('demo', 'Fill a database and a folder with the 20 real tables of the demo, once', () => import('./demo.ts')),
  row('setup', 'Make the work pool and the tag limit that flows expect, and read both back', () => import('./setup.ts')),
  row('deploy', 'Make the deployments of a sluice.config.ts', () => import('./deploy.ts')),
  row('reset', 'Remove the home: database, warehouse, logs and settings', () => import('./reset.ts')),
  row('server start', 'Start the server, with a PostgreSQL of its own unless another one is set', () => import('./server/start.ts')),
  row('server stop', 'Stop the server of this home', () => import('./server/stop.ts')),
  row('server status', 'Show whether the server answers, its version, database and disk', () => import('./server/status.ts')),
  row('worker start', 'Start one worker, or several', () => import('./worker/start.ts')),
  row('worker ls', 'List workers', () => import('./worker/ls.ts')),
  row('worker delete', 'Delete the record of a worker that has stopped', () => import('./worker/delete.ts')),
  row('work-pool create', 'Create a work pool', () => import('./work-pool/create.ts')),
  row('work-pool ls', 'List work pools', () => import('./work-pool/ls.ts')),
  row('work-pool inspect', 'Show a work pool: its slots, workers and waiting runs', () => import('./work-pool/inspect.ts')),
  row(
    'work-pool set-concurrency-limit',
    'Set how many runs of a work pool can be active at once',
    () => import('./work-pool/set-concurrency-limit.ts'),
  ),
  row('work-pool clear-concurrency-limit', "Remove a work pool's limit", () => import('./work-pool/clear-concurrency-limit.ts')),
  row('work-pool pause', 'Keep runs of a work pool from starting', () => import('./work-pool/pause.ts')),
  row('work-pool resume', 'Let runs of a paused work pool start', () => import('./work-pool/resume.ts')),
  row('work-pool update', 'Change the description or the limit of a work pool', () => import('./work-pool/update.ts')),
  row('work-pool delete', 'Delete a work pool', () => import('./work-pool/delete.ts')),
  row('work-queue create', 'Create a work queue', () => import('./work-queue/create.ts')),
  row('work-queue ls', 'List work queues', () => import('./work-queue/ls.ts')),
  row('work-queue inspect', 'Show a work queue', () => import('./work-queue/inspect.ts')),
  row(
    'work-queue set-concurrency-limit',
    'Set how many runs of a work queue can be active at once',
    () => import('./work-queue/set-concurrency-limit.ts'),
  ),
  row('work-queue clear-concurrency-limit', "Remove a work queue's limit", () => import('./work-queue/clear-concurrency-limit.ts')),
  row('work-queue pause', 'Keep runs of a work queue from starting', () => import('./work-queue/pause.ts')),
  row('work-queue resume', 'Let runs of a paused work queue start', () => import('./work-queue/resume.ts')),
  row('work-queue update', 'Change the priority, the description or the limit of a work queue', () => import('./work-queue/update.ts')),
  row('work-queue delete', 'Delete a work queue', () => import('./work-queue/delete.ts')),
  row('deployment run', 'Start a flow run of a deployment', () => import('./deployment/run.ts')),
  row('deployment ls', 'List deployments', () => import('./deployment/ls.ts')),
  row('deployment inspect', 'Show a deployment', () => import('./deployment/inspect.ts')),
  row('deployment pause', 'Keep runs of a deployment from starting', () => import('./deployment/pause.ts')),
  row('deployment resume', 'Let runs of a paused deployment start', () => import('./deployment/resume.ts')),
  row(
    'deployment set-concurrency-limit',
    'Set how many runs of a deployment can be active at once',
    () => import('./deployment/set-concurrency-limit.ts'),
  ),
  row('deployment clear-concurrency-limit', "Remove a deployment's limit", () => import('./deployment/clear-concurrency-limit.ts')),
  row('deployment update', 'Change the description, tags, limit or work queue of a deployment', () => import('./deployment/update.ts')),
  row('deployment delete', 'Delete deployments', () => import('./deployment/delete.ts')),
  row('flow-run ls', 'List flow runs, the newest first', () => import('./flow-run/ls.ts')),
  row('flow-run inspect', 'Show a flow run, its result, its task runs and the runs it has started', () => import('./flow-run/inspect.ts')),
  row('flow-run logs', 'Print what a flow run has logged', () => import('./flow-run/logs.ts')),
  row('flow-run watch', 'Follow the states and logs of a flow run to its end', () => import('./flow-run/watch.ts')),
  row('flow-run board', 'Draw which worker ran what of a flow run, and when; as text, or as a page in one file', () => import('./flow-run/board.ts')),
  row('flow-run cancel', 'Cancel flow runs and their children', () => import('./flow-run/cancel.ts')),
  row('flow-run retry', 'Run a finished flow run again; its finished tasks and children are kept', () => import('./flow-run/retry.ts')),
  row('flow-run set-state', 'Give a flow run another state by hand', () => import('./flow-run/set-state.ts')),
  row('flow-run resume', 'Let a paused flow run go on', () => import('./flow-run/resume.ts')),
  row('flow-run delete', 'Delete flow runs, with their task runs, results and logs', () => import('./flow-run/delete.ts')),
  row('task-run ls', 'List task runs, the newest first', () => import('./task-run/ls.ts')),
  row('task-run inspect', 'Show a task run and its result', () => import('./task-run/inspect.ts')),
  row('concurrency-limit create', "Set a tag's limit", () => import('./concurrency-limit/create.ts')),
  row('concurrency-limit ls', 'List the limits of tags', () => import('./concurrency-limit/ls.ts')),
  row('concurrency-limit inspect', "Show a tag's limit and who holds its slots", () => import('./concurrency-limit/inspect.ts')),
  row('concurrency-limit reset', "Free all slots of a tag's limit, for when their holders are gone", () => import('./concurrency-limit/reset.ts')),
  row('concurrency-limit delete', "Delete a tag's limit", () => import('./concurrency-limit/delete.ts')),
  row('global-concurrency-limit create', 'Create a limit', () => import('./global-concurrency-limit/create.ts')),
  row('global-concurrency-limit ls', 'List all limits', () => import('./global-concurrency-limit/ls.ts')),
  row('global-concurrency-limit inspect', 'Show a limit', () => import('./global-concurrency-limit/inspect.ts')),
  row('global-concurrency-limit update', 'Change a limit', () => import('./global-concurrency-limit/update.ts')),
  row('global-concurrency-limit enable', 'Enforce a disabled limit again', () => import('./global-concurrency-limit/enable.ts')),
  row('global-concurrency-limit disable', 'Stop enforcing a limit: everybody passes', () => import('./global-concurrency-limit/disable.ts')),
  row('global-concurrency-limit delete', 'Delete a limit', () => import('./global-concurrency-limit/delete.ts')),
  row('quarantine ls', 'List tables of the warehouse that have rows in quarantine', () => import('./quarantine/ls.ts')),
  row('quarantine show', 'Show rows of a table in quarantine: line, reason and raw text', () => import('./quarantine/show.ts')),
  row('quarantine replay', 'Load mended rows of a quarantine, or their table with another type', () => import('./quarantine/replay.ts')),
  row('auth check', 'Check whether the server accepts the key', () => import('./auth/check.ts')),
  row('config view', 'Show every setting and where it comes from', () => import('./config/view.ts')),
  row('config set', "Write settings into the home's config.env", () => import('./config/set.ts')),
];
