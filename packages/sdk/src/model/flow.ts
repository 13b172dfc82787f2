import type { Duration } from '@sluice/core/lib/duration';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { State } from '@sluice/core/model/state';
import type { ServedOptions } from '../deployments/config.ts';
import type { Schema } from '../params.ts';
import type { ServeOptions } from '../serving/serve.ts';
import type { RunContext } from './run.ts';

/** Called when a flow run has ended in the state: after that is stored, in the run's process, or in another one when that is gone. An error in it is logged, and changes nothing. */
export type FlowHook = (flow: AnyFlow, run: FlowRun, state: State) => unknown;

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
  /** The module that exports it, `import.meta.url` there: of a flow that is made by a function of another module, such as a package's. */
  readonly file?: string;
  /** One hook, or several that are called one after the other. A failure that is tried again calls none. */
  readonly onCompletion?: FlowHook | readonly FlowHook[];
  readonly onFailure?: FlowHook | readonly FlowHook[];
  readonly onCancellation?: FlowHook | readonly FlowHook[];
  /** Called in another process, since the run's own is gone. */
  readonly onCrashed?: FlowHook | readonly FlowHook[];
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
  /** Makes a deployment without a work pool, and runs what is asked of it, each run in a process of its own: see `serve`. */
  serve(options: ServedOptions<In> & ServeOptions): Promise<void>;
}

/** Any flow, whatever its types. */
// biome-ignore lint/suspicious/noExplicitAny: parameters are checked where the flow is called, not where it is listed
export type AnyFlow = Flow<any, any, any>;
