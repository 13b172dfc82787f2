import { pause } from '@sluice/client';
import { isFinal } from '@sluice/core/model/state-type';
import { currentTask } from '../context.ts';
import { FlowRunFailed } from '../errors.ts';
import type { Flow } from '../model/flow.ts';
import { readResult } from '../runs/results.ts';
import { shownParameters } from '../values/parameters.ts';
import { childTask, makeChild } from './child-task.ts';
import { type FlowRunScope, flowLog } from './flow-run-scope.ts';
import { runName } from './names.ts';
import { msUntilDue, runFlowRun } from './run-flow-run.ts';

/** A flow that is called in a flow: a child flow run in the same process. A child that an earlier try completed is not run again. */
export function runSubflow<In, Params, Result>(
  scope: FlowRunScope,
  flow: Flow<In, Params, Result>,
  params: Params,
  given: In,
): Promise<Awaited<Result>> {
  const done = runChild(scope, flow, params, given);
  scope.running.add(done);
  done.catch(() => {}).finally(() => scope.running.delete(done));
  return scope.waits.standStill(currentTask()?.work, scope.stop.signal, () => done);
}

async function runChild<In, Params, Result>(
  scope: FlowRunScope,
  flow: Flow<In, Params, Result>,
  params: Params,
  given: In,
): Promise<Awaited<Result>> {
  const { client, info } = scope;
  const within = currentTask()?.within ?? scope.within;
  const child = await childTask(scope, flow.flowName, flow.flowName, given);
  const { id: flow_id } = await client.request('POST /flows/', { body: { name: flow.flowName } });
  const name = runName(flow.options.runName, params, flowLog(scope).warn);
  const idempotency_key = `${info.flow_run_id} ${flow.flowName} ${child.dynamic_key}`;
  const body = {
    flow_id,
    name,
    parameters: shownParameters(given),
    tags: [...(flow.options.tags ?? [])],
    parent_task_run_id: child.task_run_id,
    idempotency_key,
  };
  let flowRun = await makeChild(scope, child, () => client.request('POST /flow_runs/', { body }));
  if (flowRun.state?.type === 'COMPLETED') return (await readResult(client, flowRun.state)) as Awaited<Result>;
  for (;;) {
    const end = await runFlowRun({
      client,
      flow: flow as never,
      flowRun,
      params,
      epoch: 0,
      workerName: info.worker_name,
      logs: scope.logs,
      waits: scope.waits,
      stop: scope.stop,
      within,
      watchDeadline: scope.watchDeadline,
    });
    if ('value' in end) return end.value as Awaited<Result>;
    if ('error' in end && isFinal(end.state.type)) throw end.error;
    flowRun = await client.request('GET /flow_runs/{id}', { params: { id: flowRun.id } });
    if ('left' in end) throw new FlowRunFailed(flowRun);
    await scope.waits.rest(undefined, () => pause(msUntilDue(end.state), scope.stop.signal));
  }
}
