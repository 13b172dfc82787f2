import type { State } from '@sluice/core/model/state';
import { withContext } from '../context.ts';
import type { AnyFlow } from '../model/flow.ts';
import type { RunContext } from '../model/run.ts';
import { callHooks } from './call-hooks.ts';
import { type FlowRunScope, flowLog } from './flow-run-scope.ts';

/** In the context of the run: what they log and make is the run's. */
export async function callFlowHooks(flow: AnyFlow, scope: FlowRunScope, state: State): Promise<void> {
  const { client, info, stop } = scope;
  const log = flowLog(scope);
  const context: RunContext = { run: info, signal: stop.signal, log, progress: scope.report };
  const readRun = () => client.request('GET /flow_runs/{id}', { params: { id: info.flow_run_id } });
  await withContext({ scope, context }, () => callHooks(flow, state, { log, readRun }));
  await scope.logs.flush();
}
