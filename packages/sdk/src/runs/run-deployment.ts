import { type Client, findDeployment } from '@sluice/client';
import { type Duration, toSeconds } from '@sluice/core/lib/duration';
import { isObject, type JsonObject } from '@sluice/core/lib/json';
import { type Instant, toInstant } from '@sluice/core/lib/time';
import type { Deployment } from '@sluice/core/model/deployment';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { isFinal } from '@sluice/core/model/state-type';
import { uuidv7 } from 'uuidv7';
import { currentScope, currentTask } from '../context.ts';
import { childTask, makeChild } from '../engine/child-task.ts';
import { checkpointKey, type FlowRunScope } from '../engine/flow-run-scope.ts';
import { hashOf } from '../engine/keys.ts';
import { safeName } from '../engine/names.ts';
import { rescheduleForRetry } from '../engine/reschedule.ts';
import type { AnyFlow, DeploymentRef, Flow } from '../model/flow.ts';
import { checkOptions, rules } from '../options.ts';
import { useClient } from '../settings/use-client.ts';
import { show } from '../text/show.ts';
import { jsonParameters } from '../values/parameters.ts';
import { type FlowRunHandle, toHandle } from './flow-run-handle.ts';
import { waitForFlowRuns } from './wait-for-flow-runs.ts';

export interface RunDeploymentOptions {
  /** 0 returns at once; otherwise this waits for the run's end, at most so long. Default: no limit. */
  readonly timeout?: Duration;
  readonly name?: string;
  readonly tags?: readonly string[];
  /** Not before this time. */
  readonly scheduledTime?: Date;
  /** A second run of the deployment's flow with this key is the first one, whoever asks. Without it, a call in a flow has a key of its own. */
  readonly idempotencyKey?: string;
  readonly jobVariables?: JsonObject;
}

type ParamsOf<F> = F extends Flow<infer In, infer _Params, infer _Result> ? In : Record<string, unknown>;
type ResultOf<F> = F extends Flow<infer _In, infer _Params, infer Result> ? Awaited<Result> : unknown;

/**
 * Starts a flow run of a deployment, and waits for its end unless `timeout` is 0. In a flow this is a checkpointed step: the run
 * is its child, and a parent that is done again after a crash finds the children it made. When the parent is retried, children
 * that failed, crashed or were cancelled are scheduled again under their own ids; finished ones are kept.
 *
 * @example
 * const run = await runDeployment<typeof tableEtl>('table-etl/workers', { table: 'orders' }, { timeout: 0 });
 */
export function runDeployment<In, Result>(
  deployment: DeploymentRef<In, Result>,
  params: In,
  options?: RunDeploymentOptions,
): Promise<FlowRunHandle<Result>>;
export function runDeployment<F extends AnyFlow = never>(
  deployment: string,
  params?: [F] extends [never] ? Record<string, unknown> : ParamsOf<F>,
  options?: RunDeploymentOptions,
): Promise<FlowRunHandle<[F] extends [never] ? unknown : ResultOf<F>>>;
export async function runDeployment(
  target: string | DeploymentRef<unknown, unknown>,
  params: unknown = {},
  options: RunDeploymentOptions = {},
): Promise<FlowRunHandle<unknown>> {
  const name = typeof target === 'string' ? target : target.deploymentName;
  checkOptions(`runDeployment ${show(name, 200)}`, options, RULES);
  const json = jsonParameters(params, name);
  const scope = currentScope();
  return useClient(async (client) => {
    const started = scope ? await startChild(scope, name, json, options) : await start(client, name, json, options);
    const handle = toHandle(client, started);
    if (options.timeout !== undefined && toSeconds(options.timeout) === 0) return handle;
    const [ended] = await waitForFlowRuns([handle], options.timeout === undefined ? {} : { timeout: options.timeout });
    return ended ?? handle;
  });
}

const RULES = {
  timeout: rules.wait,
  name: rules.runName,
  tags: rules.tags,
  scheduledTime: rules.date,
  idempotencyKey: rules.text,
  jobVariables: { takes: 'an object', fits: (value: unknown) => isObject(value) },
} satisfies { readonly [name in keyof RunDeploymentOptions]-?: unknown };

interface Links {
  readonly parent_task_run_id?: string;
  readonly idempotency_key: string;
}

async function start(client: Client, name: string, params: JsonObject, options: RunDeploymentOptions): Promise<FlowRun> {
  return create(client, await findDeployment(client, name), params, options);
}

function create(client: Client, { id }: Deployment, params: JsonObject, options: RunDeploymentOptions, links?: Links): Promise<FlowRun> {
  const scheduled_time: Instant | undefined = options.scheduledTime && toInstant(options.scheduledTime.getTime() * 1000);
  return client.request('POST /deployments/{id}/create_flow_run', {
    params: { id },
    body: {
      name: options.name && safeName(options.name),
      parameters: params,
      tags: [...(options.tags ?? [])],
      idempotency_key: options.idempotencyKey ?? uuidv7(),
      ...links,
      ...(options.jobVariables && { job_variables: options.jobVariables }),
      ...(scheduled_time && { state: { type: 'SCHEDULED' as const, state_details: { scheduled_time } } }),
    },
  });
}

/**
 * The key holds parent, call, deployment and parameters: the same call of a parent that is done again makes no second run. A key of
 * the caller's may find a run that another call has made: that one is not this parent's child, and is left as it is.
 */
async function startChild(scope: FlowRunScope, name: string, params: JsonObject, options: RunDeploymentOptions): Promise<FlowRun> {
  const input = { name, params, key: options.idempotencyKey ?? null };
  const taskKey = `run-deployment ${name}`;
  const found = findDeployment(scope.client, name);
  found.catch(() => {}); // told with the task run that stands for the call
  const standing = await childTask(scope, taskKey, options.name ?? name, input);
  const { task_run_id, dynamic_key } = standing;
  const own = `${scope.info.flow_run_id} ${checkpointKey(taskKey, dynamic_key)} ${hashOf(input)}`;
  const links = { parent_task_run_id: task_run_id, idempotency_key: options.idempotencyKey ?? own };
  const child = await makeChild(scope, standing, async () => create(scope.client, await found, params, options, links));
  if (child.parent_task_run_id !== task_run_id) {
    await noteFound(scope.client, task_run_id, child);
    return child;
  }
  const failed = isFinal(child.state_type) && child.state_type !== 'COMPLETED';
  return failed && (scope.info.attempt > 1 || currentTask()) ? rescheduleForRetry(scope, child) : child;
}

/** The task run of a call that found its run has no child to show. */
async function noteFound(client: Client, id: string, { id: child_flow_run_id, name }: FlowRun): Promise<void> {
  const message = `Its idempotency key is that of flow run '${name}', which existed already.`;
  const state = { type: 'COMPLETED' as const, message, state_details: { child_flow_run_id, transition_id: uuidv7() } };
  await client.request('POST /task_runs/{id}/set_state', { params: { id }, body: { state } });
}
