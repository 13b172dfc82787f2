import { type Duration, toSeconds } from '@sluice/core/lib/duration';
import { currentScope, currentTask } from '../context.ts';
import { type FlowRunScope, flowLog } from '../engine/flow-run-scope.ts';
import { expectSuspendable, type PauseOrder, proposePause } from '../engine/propose-pause.ts';
import { untilRunning } from '../engine/until-running.ts';
import { Suspended } from '../errors.ts';
import { checkOptions, isSchema, rules } from '../options.ts';
import type { Schema } from '../params.ts';
import { askFor, readAnswer } from './pause-input.ts';

export interface PauseOptions {
  /** How long it is waited for; then the run has failed. One hour for a pause, no limit for a suspension. */
  readonly timeout?: Duration;
  /** Names it in its run, where it fires once; by default its number among those of the run. */
  readonly key?: string;
  /** Markdown above the form. */
  readonly description?: string;
}

const RULES = { timeout: rules.wait, key: rules.inputKey, description: rules.text } satisfies { readonly [name in keyof PauseOptions]-?: unknown };
const PAUSE_SECONDS = 3600;

/**
 * Waits in this process until a person resumes the run: Prefect's `pause_flow_run`. Tasks that were started go on, and others start
 * after it. TimedOut is thrown when nobody does.
 */
export const pause = (options: PauseOptions = {}): Promise<void> => doPause(undefined, options);

/**
 * The same, and resolves with what the person gives, checked by the schema of which the form is made. A schema of something else
 * than an object is asked for as `value`.
 *
 * @example
 * const { approved } = await pauseForInput(z.object({ approved: z.boolean(), note: z.string().optional() }), { timeout: '1d' });
 */
export const pauseForInput = <Out>(schema: Schema<unknown, Out>, options: PauseOptions = {}): Promise<Out> => doPause(schema, options);

async function doPause<Out>(schema: Schema<unknown, Out> | undefined, options: PauseOptions): Promise<Out> {
  const { scope, order } = begin('pause', schema, options);
  if (await proposePause(scope, order)) {
    await askFor(scope, order, schema, options);
    flowLog(scope).info('Paused: the run goes on when it is resumed.');
    await scope.waits.rest(currentTask()?.work, () => untilRunning(scope, order.seconds));
  }
  return readAnswer(scope, order, schema);
}

/**
 * Ends this process until a person resumes the run: Prefect's `suspend_flow_run`. Tasks that were started are waited for first. Then
 * the run begins anew, takes the results of its tasks, and goes on here. Only in the body of a flow that was deployed.
 *
 * @example
 * const { sample } = await suspend(z.object({ sample: z.int() }));
 */
export function suspend(options?: PauseOptions): Promise<void>;
export function suspend<Out>(schema: Schema<unknown, Out>, options?: PauseOptions): Promise<Out>;
export async function suspend(first: Schema | PauseOptions = {}, second: PauseOptions = {}): Promise<unknown> {
  const schema = isSchema(first) ? first : undefined;
  const options = isSchema(first) ? second : first;
  const { scope, order } = begin('suspend', schema, options);
  expectSuspendable(scope, currentTask() !== undefined);
  // What was submitted just now has its turn first.
  await new Promise(setImmediate);
  while (scope.running.size > 0) await Promise.allSettled(scope.running);
  scope.onLeaving(true);
  const state = await proposePause(scope, order).catch((error: unknown) => {
    scope.onLeaving(false);
    throw error;
  });
  if (!state) {
    scope.onLeaving(false);
    return readAnswer(scope, order, schema);
  }
  await askFor(scope, order, schema, options);
  flowLog(scope).info('Suspended: the run begins anew when it is resumed.');
  const reason = new Suspended(state);
  // Also where the flow's code catches it: no more is done here.
  scope.stop.abort(reason);
  throw reason;
}

function begin(what: 'pause' | 'suspend', schema: Schema | undefined, options: PauseOptions): { scope: FlowRunScope; order: PauseOrder } {
  const scope = currentScope();
  if (!scope) throw new Error(`${what}() was called outside of a flow: there is no run that could wait.`);
  checkOptions(`${what}()`, options, RULES);
  const { timeout = what === 'pause' ? PAUSE_SECONDS : undefined, key = String(++scope.pauses.count) } = options;
  const seconds = timeout === undefined ? undefined : toSeconds(timeout);
  return { scope, order: { name: what === 'pause' ? 'Paused' : 'Suspended', key, seconds, asks: schema !== undefined } };
}
