import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, findDeployment } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { isFinal } from '@sluice/core/model/state-type';
import type { EtlOptions } from './etl-options.ts';
import type { Live } from './live.ts';
import { MAIN_DEPLOYMENT } from './main-deployment.ts';
import { createNotes } from './notes.ts';
import { createSnapshots } from './snapshot.ts';
import type { JobSource } from './source.ts';

/** How often the tables are shown: each look costs the server as much as a small task. */
const SHOW_SECONDS = 0.5;
const LOOK_MS = 200;

interface Deps {
  readonly client: Client;
  readonly options: EtlOptions;
  readonly source: JobSource;
  readonly workers: readonly string[];
  readonly live: Live;
  readonly onStarted: (id: string) => Promise<void>;
}

/** Starts the job's flow run and shows it until it is final, or until Ctrl+C. Returns it as it is then. */
export async function runMain({ client, options, source, workers, live, onStarted }: Deps): Promise<FlowRun> {
  const { id } = await findDeployment(client, MAIN_DEPLOYMENT);
  const { tables: limit, named, only, warehouse, into, overwrite, snapshot, verify, lane, read, settings, signal } = options;
  const parameters = JSON.parse(
    JSON.stringify({ limit, source: source.name, named, only, warehouse, into, overwrite, snapshot, verify, lane, read, sample: source.sample }),
  );
  let main = await client.request('POST /deployments/{id}/create_flow_run', { params: { id }, body: { parameters, idempotency_key: randomUUID() } });
  await onStarted(main.id);
  const readSnapshot = createSnapshots(client, { main: main.id, workers, tag: settings.concurrency_tag });
  const readNotes = createNotes(client);
  while (!isFinal(main.state_type) && !signal.aborted) {
    await changeOrMoment(client, main, signal);
    const snapshot = await readSnapshot();
    for (const note of await readNotes(snapshot.children)) live.note(note);
    live.show(snapshot);
    main = snapshot.main;
  }
  live.end();
  return main;
}

/** Until the run has another state, or the moment has come to look at its tables again. */
async function changeOrMoment(client: Client, { id, state_id }: FlowRun, signal: AbortSignal): Promise<void> {
  const body = { ids: [id], since: state_id ? { [id]: state_id } : {}, wait_seconds: SHOW_SECONDS };
  if (!(await client.capabilities()).ourRoutes) return void (await pause(SHOW_SECONDS * 1000));
  await client.request('POST /flow_runs/wait', { body }, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** The longest that a second Ctrl+C waits for the server: a run that is not cancelled would go on at its next start. */
const HURRY_MS = 2000;

export async function cancelAtOnce(client: Client, id: string): Promise<void> {
  await askToCancel(client, id, AbortSignal.timeout(HURRY_MS)).catch(() => {});
}

async function askToCancel(client: Client, id: string, signal?: AbortSignal): Promise<void> {
  const state = { type: 'CANCELLING' as const, message: 'Stopped by Ctrl+C.' };
  await client.request('POST /flow_runs/{id}/set_state', { params: { id }, body: { state } }, signal ? { signal } : {});
}

/** Cancels a run and its children, and waits until their processes have stopped; they are killed when they take too long. */
export async function cancelRun(client: Client, id: string, say: (text: string) => void): Promise<void> {
  say('Stopping: the job and its runs are cancelled …');
  await askToCancel(client, id);
  const children = {
    flow_runs: {
      parent_flow_run_id: { any_: [id] },
      state: { type: { any_: ['PENDING' as const, 'RUNNING' as const, 'CANCELLING' as const, 'SCHEDULED' as const] } },
    },
  };
  for (;;) {
    const [main, open] = await Promise.all([
      client.request('GET /flow_runs/{id}', { params: { id } }),
      client.request('POST /flow_runs/count', { body: children }),
    ]);
    if (isFinal(main.state_type) && open === 0) return;
    await pause(LOOK_MS);
  }
}
