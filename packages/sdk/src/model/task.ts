import type { Duration } from '@sluice/core/lib/duration';
import type { Future, MapOptions, MappedFutures } from '../future.ts';
import type { RunContext } from './run.ts';

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
