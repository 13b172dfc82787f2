import type { Client } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { FlowRunFailed } from '../errors.ts';
import { readResult } from './results.ts';

/** A flow run that was started elsewhere, as it was when this handle was made. */
export interface FlowRunHandle<Result = unknown> {
  readonly id: string;
  readonly name: string;
  readonly flow_run: FlowRun;
  /** The flow's return value; throws FlowRunFailed when the run has not completed. */
  result(): Promise<Result>;
}

export function toHandle<Result>(client: Client, flow_run: FlowRun): FlowRunHandle<Result> {
  return {
    id: flow_run.id,
    name: flow_run.name,
    flow_run,
    result: async () => {
      if (flow_run.state?.type !== 'COMPLETED') throw new FlowRunFailed(flow_run);
      return (await readResult(client, flow_run.state)) as Result;
    },
  };
}
