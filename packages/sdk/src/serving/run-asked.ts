import { createClient, startTimer } from '@sluice/client';
import { leaseHeaders } from '@sluice/core/api/lease-header';
import { keepLease } from '../engine/own-lease.ts';
import { runFlowRun } from '../engine/run-flow-run.ts';
import { stopOnSignals } from '../engine/stop-on-signals.ts';
import { WaitHub } from '../engine/wait-hub.ts';
import { watchCancelling } from '../engine/watch-cancelling.ts';
import { LogShipper, levelOf } from '../logs/logging.ts';
import type { AnyFlow } from '../model/flow.ts';
import { prepare } from '../process/prepare.ts';
import { currentSettings } from '../settings/settings.ts';
import type { AskedRun } from './asked-run.ts';

/** A server that is restarted is waited for: the lease ends before that. */
const PATIENCE_SECONDS = 3600;

/** One try of a claimed run in this process. The next try is another process. */
export async function runAsked(
  flowName: string,
  loading: Promise<AnyFlow>,
  { flow_run_id: id, epoch, worker }: Omit<AskedRun, 'deployment'>,
): Promise<void> {
  const { api_url, api_key, auth_string, logging_level, grace_seconds } = currentSettings();
  const api = { api_url, api_key, auth_string };
  const client = createClient({ apiUrl: api_url, apiKey: api_key, authString: auth_string, patienceSeconds: PATIENCE_SECONDS });
  const stop = new AbortController();
  // A flow that does not heed its signal: who has started this process says how its run ended.
  stop.signal.addEventListener('abort', () => startTimer(grace_seconds * 1000, () => process.exit(1)), { once: true });
  try {
    using _signals = stopOnSignals(stop);
    const { ourRoutes } = await client.capabilities();
    using lease = ourRoutes ? keepLease({ api, flow_run_id: id, epoch }, stop) : watchCancelling(client, id, stop);
    const own = client.with(leaseHeaders(id, epoch));
    const flowRun = await own.request('GET /flow_runs/{id}', { params: { id } });
    const { flow, params } = await prepare(flowRun, flowName, loading);
    const logs = new LogShipper(own, levelOf(logging_level));
    const waits = new WaitHub(own, { leased: false });
    const order = { client: own, flow: flow as never, flowRun, params, epoch, workerName: worker, logs, waits, stop };
    await runFlowRun({ ...order, onLeaving: lease.onLeaving });
  } finally {
    await client.close();
  }
}
