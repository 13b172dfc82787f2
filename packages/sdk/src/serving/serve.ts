import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject } from '@sluice/core/lib/json';
import { currentScope } from '../context.ts';
import type { DeploymentConfig } from '../deployments/config.ts';
import type { AnyTask } from '../model/task.ts';
import { checkOptions, rules } from '../options.ts';
import { askedRun } from './asked-run.ts';

type Servable = AnyTask | DeploymentConfig;

export interface ServeOptions {
  /** So many run at once; when left out 10 tasks, or 5 flow runs, as at Prefect. */
  readonly limit?: number;
  /** Of deployments: false leaves their schedules on when this ends. */
  readonly pauseOnShutdown?: boolean;
  /** Stops it too, as SIGTERM does. */
  readonly signal?: AbortSignal;
}

const RULES = {
  limit: rules.concurrency,
  pauseOnShutdown: rules.flag,
  signal: { takes: 'an AbortSignal', fits: (value: unknown) => value instanceof AbortSignal },
} satisfies { readonly [name in keyof ServeOptions]-?: unknown };

/**
 * Runs here what others ask for, until SIGTERM or Ctrl+C: task runs that `task.delay` puts off, in this process; or runs of deployments
 * without a work pool, each in a process of its own. On the first signal it takes no more. Tasks that run are waited for, for the grace
 * time (`SLUICE_GRACE_SECONDS`), and handed back after it; flow runs are cancelled. A second signal ends the process at once. Rejects when the
 * server is not there at the start, or does not let it in.
 *
 * @example
 * await serve([sendMail, resize], { limit: 4 });
 * await serve([deploy(load, { name: 'hourly', schedules: [cron('0 * * * *')] }), deploy(clean, { name: 'by-hand' })]);
 */
export async function serve(what: Servable | readonly Servable[], options: ServeOptions = {}): Promise<void> {
  checkOptions('serve()', options, RULES);
  const all = [what].flat() as Servable[];
  if (currentScope()) throw refuse('was called in a flow', 'Call it in a program of its own.');
  if (all.length === 0) throw refuse('has nothing to serve', 'Name one task or more, or deployments: serve([sendMail, resize]).');
  const tasks = all.filter(isTask);
  const deployments = all.filter(isDeployment);
  if (tasks.length === all.length)
    return askedRun ? new Promise(() => {}) : (await import('../background/serve-tasks.ts')).serveTasks(tasks, options);
  if (deployments.length < all.length)
    throw refuse('takes tasks, or deployments', 'Make them by task(…) or by deploy(…), and serve tasks in another program.');
  return (await import('./serve-flows.ts')).serveFlows(deployments, options);
}

const isTask = (value: unknown): value is AnyTask => typeof value === 'function' && 'taskName' in value;
const isDeployment = (value: unknown): value is DeploymentConfig => isObject(value) && 'flow' in value && 'options' in value;
const refuse = (why: string, hint: string) => new SluiceError('USAGE', `serve() ${why}.`, { hint });
