import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { loadFlow } from './load-flow.ts';
import { sdkOf } from './project-sdk.ts';

/** Runs a flow run again in this process, to its end. */
export type RunHere = () => Promise<FlowRun>;

/**
 * How to run a run again that has no deployment: from its flow's code, `file.ts:name`, which is loaded now. Undefined for one that has a
 * deployment, whose workers run it.
 */
export async function howToRunHere(
  client: Client,
  { id, name, flow_id, deployment_id }: FlowRun,
  entrypoint: string | undefined,
): Promise<RunHere | undefined> {
  if (deployment_id !== null) {
    if (entrypoint === undefined) return undefined;
    throw new SluiceError('USAGE', `'${name}' has a deployment, which says where its code is.`, {
      hint: 'Leave out --entrypoint: a worker runs it.',
    });
  }
  if (entrypoint === undefined) {
    throw new SluiceError('USAGE', `'${name}' has no deployment, so no worker would run it again.`, {
      hint: `Run it here, from its flow's code: sluice flow-run retry ${id} --entrypoint flows/load.ts:load`,
    });
  }
  const { file, name: exported, value } = await loadFlow(entrypoint);
  const flow = await client.request('GET /flows/{id}', { params: { id: flow_id } });
  if (value.flowName !== flow.name) {
    throw new SluiceError('ENTRYPOINT_INVALID', `${entrypoint} is the flow '${value.flowName}', and '${name}' is a run of '${flow.name}'.`, {
      hint: `Name the file that exports '${flow.name}'.`,
    });
  }
  const { executeFlowRun } = await sdkOf(file);
  return async () => {
    for (;;) {
      await executeFlowRun(id, { path: process.cwd(), entrypoint: `${file}:${exported}` });
      const run = await client.request('GET /flow_runs/{id}', { params: { id } });
      if (run.state_name !== 'AwaitingRetry') return run;
    }
  };
}
