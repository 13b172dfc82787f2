import { createClient, pause } from '@sluice/client';
import { LogShipper, levelOf } from '../logging.ts';
import type { Flow } from '../model/flow.ts';
import { currentSettings } from '../settings.ts';
import { shownParameters } from '../values/parameters.ts';
import { runName } from './names.ts';
import { msUntilDue, runFlowRun } from './run-flow-run.ts';
import { WaitHub } from './wait-hub.ts';

/** A flow that is called outside of any run: a flow run of its own, in this process, tracked by the server of the settings. */
export async function runFlowHere<In, Params, Result>(flow: Flow<In, Params, Result>, params: Params, given: In): Promise<Awaited<Result>> {
  const { api_url, api_key, auth_string, logging_level } = currentSettings();
  const client = createClient({ apiUrl: api_url, apiKey: api_key, authString: auth_string });
  try {
    const { id: flow_id } = await client.request('POST /flows/', { body: { name: flow.flowName } });
    const name = runName(flow.options.runName, params, console.warn);
    const created = await client.request('POST /flow_runs/', {
      body: { flow_id, name, parameters: shownParameters(given), tags: [...(flow.options.tags ?? [])] },
    });
    const stop = new AbortController();
    const logs = new LogShipper(client, levelOf(logging_level));
    const waits = new WaitHub(client, { leased: false });
    for (let flowRun = created; ; flowRun = await client.request('GET /flow_runs/{id}', { params: { id: created.id } })) {
      const end = await runFlowRun({ client, flow: flow as never, flowRun, params, epoch: 0, workerName: null, logs, waits, stop });
      if ('value' in end) return end.value as Awaited<Result>;
      if ('left' in end) throw new Error(`Flow run '${created.name}' did not start: ${end.left}`);
      if (end.state.type !== 'SCHEDULED') throw end.error;
      await pause(msUntilDue(end.state), stop.signal);
    }
  } finally {
    await client.close();
  }
}
