import type { Client } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { State } from '@sluice/core/model/state';
import type { LogShipper } from '../logs/logging.ts';
import type { AnyFlow } from '../model/flow.ts';
import { callFlowHooks } from './call-flow-hooks.ts';
import { openScope } from './open-scope.ts';
import { WaitHub } from './wait-hub.ts';

interface EndedRun {
  readonly client: Client;
  readonly flow: AnyFlow;
  /** As it was claimed. */
  readonly flowRun: FlowRun;
  readonly epoch: number;
  readonly workerName: string | null;
  readonly logs: LogShipper;
}

/** Calls the hooks of a run whose own process is gone. */
export async function callHooksOfEnded(run: EndedRun, state: State): Promise<void> {
  const { client, flow } = run;
  const waits = new WaitHub(client, { leased: false });
  const scope = await openScope({ ...run, flowName: flow.flowName, waits, stop: new AbortController() });
  await callFlowHooks(flow, scope, state);
  await scope.flush();
}
