import { writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { createClient, monotonicMs } from '@sluice/client';
import { leaseHeaders } from '@sluice/core/api/lease-header';
import { isSluiceError, messageOf } from '@sluice/core/errors/sluice-error';
import { OWN_VARIABLES, type OwnClaim, readClaim } from '@sluice/core/process/claim-environment';
import { EXIT_CODES, exitCodeOf } from '@sluice/core/process/exit-codes';
import { leaseDeadline } from '@sluice/core/process/lease-deadline';
import { NOT_LOADED } from '@sluice/core/process/sentences';
import type { Settings } from '@sluice/core/settings/settings';
import { runFlowRun } from '../engine/run-flow-run.ts';
import { WaitHub } from '../engine/wait-hub.ts';
import { LeaseLost } from '../errors.ts';
import { LogShipper, levelOf } from '../logs/logging.ts';
import { expectSettings } from '../settings/settings.ts';
import { isA } from '../text/show.ts';
import { logOfThrown } from '../text/thrown.ts';
import { die, endInOrder, onLastWords } from './last-words.ts';
import { loadFlow } from './load-flow.ts';
import { startOwnGuard } from './own-guard.ts';
import { prepare } from './prepare.ts';
import { heedStopSignals } from './stop-signals.ts';

/*
 * A flow process without a worker beside it: what a container or a pod is started with. It reads from its environment which claimed
 * run is its own, runs it, keeps its lease itself, and is gone. It speaks to nobody but the server.
 */

/** As long as the server may be away: the guard ends this process earlier, when the lease is over. */
const PATIENCE_SECONDS = 3600;

const say = (text: string) => void writeSync(2, `${text}\n`);

function expectClaim(): { readonly claim: OwnClaim; readonly settings: Settings } {
  const claim = readClaim(process.env);
  if (typeof claim === 'string') throw new Error(claim);
  const settings = expectSettings();
  // A program that the flow starts has no claim.
  for (const name of OWN_VARIABLES) delete process.env[name];
  return { claim, settings };
}

const isLost = (error: unknown) => isA(error, LeaseLost) || (isSluiceError(error) && error.code === 'LEASE_EXPIRED');

/** Runs the claimed run to its end here, and resolves with the state in which that left it; null: it was lost. */
async function runClaim({ claim, settings }: ReturnType<typeof expectClaim>): Promise<string | null> {
  const { api_url, token, flow_run_id, epoch, lease_seconds, path = '.', entrypoint, worker_name = null } = claim;
  const { start_seconds, grace_seconds, logging_level } = settings;
  const stop = new AbortController();
  const api = { api_url, api_key: token, auth_string: undefined };
  const deadline_ms = leaseDeadline(monotonicMs(), lease_seconds);
  const guard = startOwnGuard({ api, flow_run_id, epoch, deadline_ms, grace_seconds }, stop);
  const signals = heedStopSignals(stop, guard.ask);
  // Before anything else: a run that is somebody else's is left alone.
  if (!(await guard.held)) return null;

  const loaded = guard.limit(start_seconds, { type: 'CRASHED', message: NOT_LOADED(start_seconds), state_details: { retriable: false } });
  const opens = { apiUrl: api_url, apiKey: token, patienceSeconds: PATIENCE_SECONDS };
  const client = createClient(opens).with(leaseHeaders(flow_run_id, epoch));
  const flowRun = await client.request('GET /flow_runs/{id}', { params: { id: flow_run_id } });
  const { name } = await client.request('GET /flows/{id}', { params: { id: flowRun.flow_id } });
  const { flow, params } = await prepare(flowRun, name, loadFlow(resolve(path), entrypoint));
  loaded();

  const logs = new LogShipper(client, levelOf(logging_level));
  const waits = new WaitHub(client, { leased: true, onAsleep: signals.onAsleep });
  signals.follow(waits);
  const order = { client, flow: flow as never, flowRun, params, epoch, workerName: worker_name, logs, waits, stop };
  const { watchDeadline, onLeaving, onEnd } = guard;
  const end = await runFlowRun({ ...order, watchDeadline, onLeaving, onEnd });
  return end.state?.type ?? null;
}

// Its log is what it prints. User code must not exit with a code of ours.
onLastWords((reason, isExit) => {
  say(reason);
  if (isExit) process.exitCode = EXIT_CODES.GONE;
});
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});

let found: ReturnType<typeof expectClaim>;
try {
  found = expectClaim();
} catch (error) {
  say(messageOf(error));
  endInOrder(EXIT_CODES.NO_CLAIM);
}
await runClaim(found).then(
  (state) => endInOrder(exitCodeOf(state)),
  (error: unknown) => (isLost(error) ? endInOrder(EXIT_CODES.LOST) : die(logOfThrown(error))),
);
