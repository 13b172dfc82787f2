import type { Duration } from '@sluice/core/lib/duration';
import { currentScope, type RunContext } from './context.ts';
import { runTask } from './engine/run-task.ts';
import { runUntracked } from './engine/run-untracked.ts';
import { type Future, type MapOptions, type MappedFutures, mapTask, startFuture } from './future.ts';

export interface TaskOptions<In> {
  readonly name?: string;
  /** A concurrency limit on a tag counts the tasks that have it. */
  readonly tags?: readonly string[];
  readonly retries?: number;
  /** One delay for all tries, or one for each; the last one is used for those beyond. */
  readonly retryDelay?: Duration | readonly Duration[];
  /** Spreads each delay by up to this share of it. */
  readonly retryJitter?: number;
  /** False ends the retries: another try would fail the same way. */
  readonly retryIf?: (error: unknown) => boolean;
  readonly timeout?: Duration;
  readonly runName?: string | ((input: In) => string);
  /** False: a flow run that is done again runs this task again, even when it had finished. */
  readonly checkpoint?: boolean;
}

export type TaskBody<In, Out> = (input: In, context: RunContext) => Out | Promise<Out>;

/** A task is called like the function it is made of; in a flow each call is a task run. */
export interface Task<In, Out> {
  (input: In): Promise<Awaited<Out>>;
  readonly taskName: string;
  readonly options: TaskOptions<In>;
  readonly body: TaskBody<In, Out>;
  /** Starts it and goes on. `after` names futures that must succeed first. */
  submit(input: In, options?: { readonly after?: readonly Future<unknown>[] }): Future<Awaited<Out>>;
  /** One run for each input, at most `concurrency` at once. */
  map(inputs: Iterable<In> | AsyncIterable<In>, options?: MapOptions): MappedFutures<Awaited<Out>>;
  /** The same task with other options. */
  with(options: TaskOptions<In>): Task<In, Out>;
}

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
  const taskName = options.name ?? body.name;
  if (!taskName) throw new TypeError('A task needs a name: give it one, or make it of a function that has one.');

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
    map: (inputs: Iterable<In> | AsyncIterable<In>, mapOptions: MapOptions = {}) => mapTask(call, inputs, mapOptions),
    with: (more: TaskOptions<In>) => task({ ...options, name: taskName, ...more }, body),
  }) as Task<In, Out>;
  return self;
}
