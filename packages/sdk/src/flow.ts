import { getCallSites } from 'node:util';
import type { Duration } from '@sluice/core/lib/duration';
import { currentScope, type RunContext } from './context.ts';
import { runFlowHere } from './engine/run-flow-here.ts';
import { runSubflow } from './engine/run-subflow.ts';
import { parseParams, type Schema } from './params.ts';

export interface FlowOptions<In, Out> {
  readonly name: string;
  readonly description?: string;
  readonly version?: string;
  /** Checks and completes the parameters. zod, valibot, arktype: any Standard Schema. */
  readonly params?: Schema<In, Out>;
  readonly tags?: readonly string[];
  readonly retries?: number;
  readonly retryDelay?: Duration;
  readonly timeout?: Duration;
  readonly runName?: string | ((params: Out) => string);
}

export type FlowBody<Params, Result> = (params: Params, context: RunContext) => Result | Promise<Result>;

/** A deployment of a flow, by name, with the flow's types: `runDeployment` checks parameters and result by it. */
export interface DeploymentRef<In, Result> {
  readonly deploymentName: string;
  readonly types?: (params: In) => Result;
}

/** A flow is called like the function it is made of: in a flow as a subflow, else as a flow run of its own in this process. */
export interface Flow<In, Params, Result> {
  (params: In): Promise<Awaited<Result>>;
  readonly flowName: string;
  readonly options: FlowOptions<In, Params>;
  readonly body: FlowBody<Params, Result>;
  /** URL of the file that made the flow: its deployments are loaded from there. */
  readonly definedIn: string;
  /** The flow's deployment of this name, for `runDeployment`. */
  deployment(name: string): DeploymentRef<In, Awaited<Result>>;
}

/** Any flow, whatever its types. */
// biome-ignore lint/suspicious/noExplicitAny: parameters are checked where the flow is called, not where it is listed
export type AnyFlow = Flow<any, any, any>;

/**
 * Makes a flow: the unit that is deployed, run by workers, retried and watched.
 *
 * @example
 * export const copyAll = flow({ name: 'copy-all', params: z.object({ tables: z.array(z.string()) }) }, async ({ tables }) => {
 *   for (const table of tables) await copyTable(table);
 * });
 */
export function flow<In, Params, Result>(options: FlowOptions<In, Params>, body: FlowBody<Params, Result>): Flow<In, Params, Result>;
export function flow<Params extends object, Result>(
  options: Omit<FlowOptions<Params, Params>, 'params'>,
  body: FlowBody<Params, Result>,
): Flow<Params, Params, Result>;
export function flow<In, Params, Result>(options: FlowOptions<In, Params>, body: FlowBody<Params, Result>): Flow<In, Params, Result> {
  const definedIn = getCallSites(2)[1]?.scriptName ?? '';
  const call = async (params: In): Promise<Awaited<Result>> => {
    const parsed = await parseParams(options.params, params, `flow '${options.name}'`);
    const scope = currentScope();
    return scope ? runSubflow(scope, self, parsed, params) : runFlowHere(self, parsed, params);
  };
  const self = Object.assign(call, {
    flowName: options.name,
    options,
    body,
    definedIn,
    deployment: (name: string) => ({ deploymentName: `${options.name}/${name}` }),
  }) as Flow<In, Params, Result>;
  return self;
}

export const isFlow = (value: unknown): value is AnyFlow => typeof value === 'function' && 'flowName' in value && 'definedIn' in value;
