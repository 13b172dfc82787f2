import type { FlowRun } from '@sluice/core/model/flow-run';
import type { AnyFlow } from '../model/flow.ts';
import { parseParams } from '../params.ts';

/** Code that cannot be loaded, and parameters that do not fit, are a failure of the run and told like any other. */
export async function prepare(
  { parameters }: Pick<FlowRun, 'parameters'>,
  flowName: string,
  loading: Promise<AnyFlow>,
): Promise<{ flow: Pick<AnyFlow, 'flowName' | 'options' | 'body'>; params: unknown }> {
  try {
    const flow = await loading;
    return { flow, params: await parseParams(flow.options.params, parameters, `parameters of flow '${flow.flowName}'`) };
  } catch (error) {
    const body = () => {
      throw error;
    };
    // Its hooks are told of this too, when it could be loaded.
    const onFailure = await loading.then(
      ({ options }) => options.onFailure,
      () => undefined,
    );
    return { flow: { flowName, options: { name: flowName, ...(onFailure && { onFailure }) }, body }, params: {} };
  }
}
