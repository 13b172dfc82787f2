import { authorization, type Client, createClient } from '@sluice/client';
import { leaseHeaders } from '@sluice/core/api/lease-header';
import type { ToFlowProcess } from '@sluice/core/process/messages';
import { uuidv7 } from 'uuidv7';
import { hookedStates } from '../engine/call-hooks.ts';
import { callHooksOfEnded } from '../engine/call-hooks-of-ended.ts';
import { runFlowRun } from '../engine/run-flow-run.ts';
import { WaitHub } from '../engine/wait-hub.ts';
import { RunAborted } from '../errors.ts';
import { LogShipper, levelOf } from '../logs/logging.ts';
import type { AnyFlow } from '../model/flow.ts';
import { logOfThrown } from '../text/thrown.ts';
import { listen, tell } from './channel.ts';
import { die, endInOrder, onLastWords } from './last-words.ts';
import { loadFlow } from './load-flow.ts';
import { prepare } from './prepare.ts';
import { isStale, loadedFiles } from './project-files.ts';
import { watchDeadline } from './watch-deadline.ts';

/*
 * A flow process: started by a worker before it is needed, given one flow run, and gone after it, unless it is told to stay. It
 * leaves with exit code 0 when the run's state says all there is to say, and with another one when the worker has to find out.
 */

/** As long as the server may be away: the guard ends this process earlier, when the lease is over. */
const PATIENCE_SECONDS = 3600;

/** The run that this process runs now. */
let current: { readonly stop: AbortController; readonly waits: WaitHub } | undefined;
let isDraining = false;
const loaded = new Map<string, Promise<AnyFlow>>();

async function load({ env, path, entrypoint, api_url }: Extract<ToFlowProcess, { type: 'load' }>): Promise<AnyFlow> {
  Object.assign(process.env, env);
  const flow = await loadFlow(path, entrypoint);
  const state_types = hookedStates(flow.options);
  if (state_types.length > 0) tell({ type: 'hooks', entrypoint, state_types });
  tell({ type: 'loaded', entrypoint, files: loadedFiles() });
  void rehearse(api_url);
  return flow;
}

/**
 * Whatever a process does for the first time takes it ten times as long: a run's first request is not to be its process's first,
 * nor its first id, for which Node loads its cryptography.
 */
async function rehearse(apiUrl: string): Promise<void> {
  uuidv7();
  await connect(apiUrl)
    .request('GET /health')
    .catch(() => {}); // the run will report a server that is away
}

let client: Client | undefined;

/** All runs of this process have its worker's server, and the connections to it. */
const connect = (apiUrl: string): Client => {
  client ??= createClient({ apiUrl, patienceSeconds: PATIENCE_SECONDS });
  return client;
};

let added: Readonly<Record<string, string>> = {};

/** What the run before had of its own is gone. */
function takeEnvironment(env: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(added)) delete process.env[name];
  Object.assign(process.env, env);
  added = env;
}

/** Speaks for a run, as whoever holds its lease. */
function clientOf({ claimed, env }: Pick<Extract<ToFlowProcess, { type: 'run' }>, 'claimed' | 'env'>): Client {
  const { flow_run, epoch, token: apiKey, auth_string: authString } = claimed;
  return connect(env['SLUICE_API_URL'] as string).with({ ...leaseHeaders(flow_run.id, epoch), ...authorization({ apiKey, authString }) });
}

async function run(message: Extract<ToFlowProcess, { type: 'run' }>): Promise<void> {
  const { entrypoint, claimed, env, worker_name, logging_level, checked, anew, keep } = message;
  takeEnvironment(env);
  const { flow_run, epoch } = claimed;
  const stop = new AbortController();
  const client = clientOf(message);
  const waits = new WaitHub(client, { leased: true, onAsleep: () => isDraining && tell({ type: 'asleep' }) });
  current = { stop, waits };
  const loading = loaded.get(entrypoint) ?? Promise.reject(new Error('The worker sent no code to load.'));
  const isLoaded = await loading.then(
    () => true,
    () => false, // reported as the run's failure, if it is one
  );
  if ((!checked && isStale()) || (!isLoaded && !anew)) {
    tell({ type: 'stale' });
    endInOrder();
  }

  const { flow, params } = await prepare(flow_run, claimed.flow_name, loading);

  const end = await runFlowRun({
    client,
    flow: flow as never,
    flowRun: flow_run,
    params,
    epoch,
    workerName: worker_name,
    logs: new LogShipper(client, levelOf(logging_level)),
    waits,
    stop,
    watchDeadline,
    onLeaving: (is_leaving) => tell({ type: 'leaving', is_leaving }),
    onEnd: (state) => tell({ type: 'finished', state_type: state?.type ?? 'LOST' }),
  });
  if (!keep || end.state?.type !== 'COMPLETED') endInOrder();
  current = undefined;
  // At once: the next run may be on its way to the worker already.
  tell({ type: 'free', rss_mb: process.memoryUsage.rss() / 2 ** 20 });
}

/** The process of the run could not do it any more. */
async function callHooks(message: Extract<ToFlowProcess, { type: 'call-hooks' }>): Promise<never> {
  const { entrypoint, claimed, env, worker_name, logging_level, state } = message;
  takeEnvironment(env);
  const client = clientOf(message);
  const flow = await loaded.get(entrypoint);
  if (!flow) throw new Error('The worker sent no code to load.');
  const logs = new LogShipper(client, levelOf(logging_level));
  await callHooksOfEnded({ client, flow, flowRun: claimed.flow_run, epoch: claimed.epoch, workerName: worker_name, logs }, state);
  tell({ type: 'finished', state_type: state.type });
  return endInOrder();
}

const ENDS = { Cancelled: 'The run was cancelled.', WorkerShutdown: 'The worker is stopping.' } as const;

function hear(message: Exclude<ToFlowProcess, { type: 'hello' }>): void {
  switch (message.type) {
    case 'load': {
      const { entrypoint } = message;
      const loading = load(message);
      loading.catch(() => tell({ type: 'unloadable', entrypoint }));
      loaded.set(entrypoint, loading);
      break;
    }
    case 'run':
      run(message).catch((error) => die(logOfThrown(error)));
      break;
    case 'call-hooks':
      callHooks(message).catch((error) => die(logOfThrown(error)));
      break;
    case 'ping':
      tell({ type: 'pong' });
      break;
    case 'drain':
      isDraining = true;
      if (current?.waits.isAsleep) tell({ type: 'asleep' });
      break;
    case 'cancel':
      current?.stop.abort(new RunAborted(message.reason, ENDS[message.reason]));
      break;
  }
}

onLastWords((reason, is_exit) => tell({ type: 'dying', reason, is_exit }));
// Without its worker there is nothing to do. Should this thread be busy, the worker's guard ends the process.
listen(hear, () => die('Its line to the worker was closed.'));
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
// Its worker reads what it prints. A run goes on when nobody does.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
