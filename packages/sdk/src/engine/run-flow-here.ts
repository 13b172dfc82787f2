import { hostname } from 'node:os';
import { type Client, createClient } from '@sluice/client';
import { leaseHeaders } from '@sluice/core/api/lease-header';
import type { FlowRun, Holder } from '@sluice/core/model/flow-run';
import { uuidv7 } from 'uuidv7';
import { LogShipper, levelOf } from '../logs/logging.ts';
import type { Flow } from '../model/flow.ts';
import { currentSettings } from '../settings/settings.ts';
import { shownParameters } from '../values/parameters.ts';
import { runName } from './names.ts';
import { type KeptLease, keepLease } from './own-lease.ts';
import { type FlowRunEnd, runFlowRun } from './run-flow-run.ts';
import { stopOnSignals } from './stop-on-signals.ts';
import { WaitHub } from './wait-hub.ts';
import { watchCancelling } from './watch-cancelling.ts';

/**
 * A flow that is called outside of any run gets a flow run of its own, in this process, tracked by the server of the settings. The
 * process holds its lease: when it is killed, the run is CRASHED; when it is stopped by a signal, the run is CANCELLED.
 */
export async function runFlowHere<In, Params, Result>(flow: Flow<In, Params, Result>, params: Params, given: In): Promise<Awaited<Result>> {
  const { api_url, api_key, auth_string, logging_level } = currentSettings();
  const api = { api_url, api_key, auth_string };
  const client = createClient({ apiUrl: api_url, apiKey: api_key, authString: auth_string });
  const stop = new AbortController();
  try {
    using _signals = stopOnSignals(stop);
    const { ourRoutes } = await client.capabilities();
    // Prefect's own server knows no leases, and refuses a field that it does not know.
    const held = ourRoutes ? { holder: { id: uuidv7(), name: `${hostname()} ${process.pid}` } satisfies Holder } : {};
    const { id: flow_id } = await client.request('POST /flows/', { body: { name: flow.flowName } });
    const created = await client.request('POST /flow_runs/', {
      body: {
        flow_id,
        ...held,
        name: runName(flow.options.runName, params, console.warn),
        parameters: shownParameters(given),
        tags: [...(flow.options.tags ?? [])],
      },
    });
    for (let flowRun = created; ; flowRun = await takeAgain(client, created.id, held)) {
      const end = await runHeld(flowRun, (own, onLeaving) => {
        const logs = new LogShipper(own, levelOf(logging_level));
        const waits = new WaitHub(own, { leased: false });
        const order = { client: own, flow: flow as never, flowRun, params, epoch: flowRun.epoch ?? 0, workerName: null, logs, waits, stop };
        return runFlowRun({ ...order, onLeaving });
      });
      if ('value' in end) return end.value as Awaited<Result>;
      if ('left' in end) throw new Error(`Flow run '${created.name}' did not go on: ${end.left}`);
      if (end.state.type !== 'SCHEDULED') throw end.error;
    }
  } finally {
    await client.close();
  }

  async function runHeld<T>(
    { id, epoch }: FlowRun,
    work: (client: Client, onLeaving: KeptLease['onLeaving']) => Promise<FlowRunEnd<T>>,
  ): Promise<FlowRunEnd<T>> {
    const { ourRoutes } = await client.capabilities();
    using lease = ourRoutes ? keepLease({ api, flow_run_id: id, epoch }, stop) : watchCancelling(client, id, stop);
    return await work(client.with(leaseHeaders(id, epoch)), lease.onLeaving);
  }
}

/**
 * A run that is tried again is claimed again: its lease ended with the try before. At once, and not when it is due: a process that
 * is killed or stopped while it waits for that would leave a run that nobody ends.
 */
async function takeAgain(client: Client, id: string, held: { readonly holder?: Holder }): Promise<FlowRun> {
  await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state: { type: 'PENDING' }, ...held } });
  return client.request('GET /flow_runs/{id}', { params: { id } });
}
