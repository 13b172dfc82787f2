import { getCallSites } from 'node:util';
import { currentScope } from './context.ts';
import { deploy, type ServedOptions } from './deployments/config.ts';
import { runFlowHere } from './engine/run-flow-here.ts';
import { runSubflow } from './engine/run-subflow.ts';
import type { AnyFlow, Flow, FlowBody, FlowOptions } from './model/flow.ts';
import { checkOptions, rules } from './options.ts';
import { parseParams } from './params.ts';
import { type ServeOptions, serve } from './serving/serve.ts';
import { show } from './text/show.ts';

const RULES = {
  name: rules.name,
  description: rules.text,
  version: rules.shortText,
  params: rules.schema,
  tags: rules.tags,
  retries: rules.retries,
  retryDelay: rules.delay,
  timeout: rules.timeout,
  runName: rules.runName,
  file: rules.text,
  onCompletion: rules.hooks,
  onFailure: rules.hooks,
  onCancellation: rules.hooks,
  onCrashed: rules.hooks,
  body: rules.function,
} satisfies { readonly [name in keyof FlowOptions<never, never> | 'body']-?: unknown };

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
  checkOptions(`flow ${show(options.name, 100)}`, { ...options, name: options.name ?? '', body: body ?? null }, RULES);
  const definedIn = options.file ?? getCallSites(2)[1]?.scriptName ?? '';
  const call = async (params: In): Promise<Awaited<Result>> => {
    const parsed = await parseParams(options.params, params, `parameters of flow '${options.name}'`);
    const scope = currentScope();
    return scope ? runSubflow(scope, self, parsed, params) : runFlowHere(self, parsed, params);
  };
  const self = Object.assign(call, {
    flowName: options.name,
    options,
    body,
    definedIn,
    serve: ({ limit, pauseOnShutdown, signal, ...options }: ServedOptions<In> & ServeOptions) =>
      serve(deploy(self, options), {
        ...(limit !== undefined && { limit }),
        ...(pauseOnShutdown !== undefined && { pauseOnShutdown }),
        ...(signal && { signal }),
      }),
    deployment: (name: string) => ({ deploymentName: `${options.name}/${name}` }),
  }) as Flow<In, Params, Result>;
  return self;
}

export const isFlow = (value: unknown): value is AnyFlow => typeof value === 'function' && 'flowName' in value && 'definedIn' in value;
