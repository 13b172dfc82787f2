import { hostname } from 'node:os';
import { createClient } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { loadFlow } from '../process/load-flow.ts';
import { currentSettings } from '../settings/settings.ts';
import { claimRun } from './claim-run.ts';
import { runAsked } from './run-asked.ts';

interface Code {
  /** Folder of the project. */
  readonly path: string;
  /** `file:export` in it. */
  readonly entrypoint: string;
}

/** Claims a flow run that waits, and runs one try of it in this process, without a worker. Rejects with CONFLICT when it cannot be had. */
export async function executeFlowRun(id: string, { path, entrypoint }: Code): Promise<void> {
  const { api_url, api_key, auth_string } = currentSettings();
  const client = createClient({ apiUrl: api_url, apiKey: api_key, authString: auth_string });
  const worker = `${hostname()} ${process.pid}`;
  try {
    const { flow_id, name } = await client.request('GET /flow_runs/{id}', { params: { id } });
    const flow = await client.request('GET /flows/{id}', { params: { id: flow_id } });
    const claim = await claimRun(client, id, worker);
    if ('why' in claim)
      throw new SluiceError('CONFLICT', `The flow run '${name}' cannot be started here: ${claim.why.replace(/\.$/, '')}.`, {
        hint: `sluice flow-run inspect ${id} shows who has it, or what it waits for.`,
      });
    await runAsked(flow.name, loadFlow(path, entrypoint), { flow_run_id: id, epoch: claim.epoch, worker });
  } finally {
    await client.close();
  }
}
