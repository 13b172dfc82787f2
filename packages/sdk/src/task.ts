import { SluiceError } from '@sluice/core/errors/sluice-error';
import { delayTask } from './background/delay-task.ts';
import { currentScope } from './context.ts';
import { runTask } from './engine/run-task.ts';
import { runUntracked } from './engine/run-untracked.ts';
import { type Future, type MapOptions, mapTask, startFuture } from './future.ts';
import type { Task, TaskBody, TaskOptions } from './model/task.ts';
import { checkOptions, rules } from './options.ts';
import { show } from './text/show.ts';

const RULES = {
  name: rules.taskName,
  tags: rules.tags,
  retries: rules.retries,
  retryDelay: rules.delays,
  retryJitter: rules.share,
  retryIf: rules.function,
  timeout: rules.timeout,
  runName: rules.runName,
  checkpoint: rules.flag,
  cache: rules.cache,
  onCompletion: rules.hooks,
  onFailure: rules.hooks,
  body: rules.function,
} satisfies { readonly [name in keyof TaskOptions<never> | 'body']-?: unknown };

/**
 * Makes a task: a step of a flow with a state, logs, retries and a result of its own. In a flow run that is done again after a
 * crash or a failure, the results of tasks that had finished are taken instead of running them again.
 *
 * @example
 * const copyTable = task({ name: 'copy-table', retries: 2, retryDelay: '10s' }, async (table: string, { log }) => {
 *   log.info('copying', { table });
 *   return { table, rows: 42 };
 * });
 */
export function task<In, Out>(body: TaskBody<In, Out>): Task<In, Out>;
export function task<In, Out>(options: TaskOptions<In>, body: TaskBody<In, Out>): Task<In, Out>;
export function task<In, Out>(first: TaskOptions<In> | TaskBody<In, Out>, second?: TaskBody<In, Out>): Task<In, Out> {
  const options = typeof first === 'function' ? {} : first;
  const body = (typeof first === 'function' ? first : second) as TaskBody<In, Out>;
  const taskName = options.name ?? (typeof body === 'function' ? body.name : '');
  if (!taskName) throw new TypeError('A task needs a name: give it one, or make it from a named function.');
  checkOptions(`task '${show(taskName, 100).slice(1, -1)}'`, { ...options, body: body ?? null }, RULES);

  if (options.cache && options.checkpoint === false)
    throw new SluiceError(
      'USAGE',
      `Task '${show(taskName, 100).slice(1, -1)}' has a cache, and checkpoint: false: there is no result that could be taken.`,
      {
        hint: 'Leave one of them out.',
      },
    );

  const call = (input: In): Promise<Awaited<Out>> => {
    const scope = currentScope();
    return scope ? runTask(scope, self, input) : runUntracked(self, input);
  };
  const self = Object.assign(call, {
    taskName,
    options,
    body,
    submit: (input: In, { after = [] }: { readonly after?: readonly Future<unknown>[] } = {}) =>
      startFuture(async () => {
        await Promise.all(after);
        return call(input);
      }),
    map: (inputs: Iterable<In> | AsyncIterable<In>, mapOptions: MapOptions = {}) => {
      checkOptions(`map() of task '${taskName}'`, mapOptions, { concurrency: rules.concurrency });
      return mapTask(call, inputs, mapOptions);
    },
    delay: (input: In) => delayTask(self, input),
    with: (more: TaskOptions<In>) => task({ ...options, name: taskName, ...more }, body),
  }) as Task<In, Out>;
  return self;
}
