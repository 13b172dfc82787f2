import type { Duration } from '@sluice/core/lib/duration';
import type { State } from '@sluice/core/model/state';
import type { TaskRun } from '@sluice/core/model/task-run';
import type { TaskRunHandle } from '../background/task-run-handle.ts';
import type { Future, MapOptions, MappedFutures } from '../future.ts';
import type { RunContext, RunInfo } from './run.ts';

/** Called when a task run has ended in the state: after that is stored, before its flow goes on. An error in it is logged, and changes nothing. */
export type TaskHook = (task: AnyTask, run: TaskRun, state: State) => unknown;

/** What a key is made of beside the input. */
export interface CacheContext {
  readonly task: AnyTask;
  readonly run: RunInfo;
}

/** Results that are taken instead of running a task again, by other runs too: Prefect's `cache_key_fn` and `cache_expiration`. */
export interface TaskCache<In> {
  /** Calls with the same key have the same result, whatever task and flow they are of; undefined: this call has none. */
  readonly key: (context: CacheContext, parameters: In) => string | undefined;
  /** How long a result is taken, from the end of its task run; for ever when left out. It is gone with its flow run. */
  readonly expires?: Duration;
  /** True: the task runs, and its result takes the place of the one that is there. */
  readonly refresh?: boolean;
}

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
  /** In a flow run a result of the same key is taken: the task run is Cached. */
  readonly cache?: TaskCache<In>;
  /** One hook, or several that are called one after the other. A failure that is tried again calls none. */
  readonly onCompletion?: TaskHook | readonly TaskHook[];
  readonly onFailure?: TaskHook | readonly TaskHook[];
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
  /** Puts it off: whatever process serves the task (`serve`) runs it, in no flow run. The input is kept as a result is. */
  delay(input: In): Promise<TaskRunHandle<Awaited<Out>>>;
  /** The same task with other options. */
  with(options: TaskOptions<In>): Task<In, Out>;
}

/** Any task, whatever its types. */
// biome-ignore lint/suspicious/noExplicitAny: its input is checked where it is called, not where it is listed
export type AnyTask = Task<any, any>;
