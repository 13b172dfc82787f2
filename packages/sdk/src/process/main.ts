import { statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Client, createClient } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { ClaimedRun } from '@sluice/core/model/worker';
import type { ApiAccess, FromFlowProcess, ToFlowProcess } from '@sluice/core/process/messages';
import { uuidv7 } from 'uuidv7';
import { runFlowRun } from '../engine/run-flow-run.ts';
import { WaitHub } from '../engine/wait-hub.ts';
import { RunAborted } from '../errors.ts';
import { isFlow } from '../flow.ts';
import { LogShipper, levelOf } from '../logging.ts';
import type { AnyFlow } from '../model/flow.ts';
import { parseParams } from '../params.ts';
import { logOfThrown } from '../text/thrown.ts';

/*
 * A flow process: started by a worker before it is needed, given one flow run, and gone after it, unless it is told to stay. It
 * leaves with exit code 0 when the run's state says all there is to say, and with another one when the worker has to find out.
 */

/** As long as the server may be away: the guard ends this process earlier, when the lease is over. */
const PATIENCE_SECONDS = 3600;
const SETTINGS = { api_url: 'SLUICE_API_URL', api_key: 'SLUICE_API_KEY', auth_string: 'SLUICE_API_AUTH_STRING' } as const;

const send = (message: FromFlowProcess) => process.send?.(message);
/** Of the run that this process runs now. */
let current: AbortController | undefined;
const files = new Map<string, number>();
const loaded = new Map<string, Promise<AnyFlow>>();

/** Files of the project, of which a change makes this process stale. */
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:') && !url.includes('/node_modules/')) note(fileURLToPath(url));
    return next(url, context);
  },
});

/** Before it is read: a change that comes while it is read makes the process stale too. */
function note(file: string): void {
  files.set(file, modified(file));
}

function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}

const isStale = () => [...files].some(([file, when]) => modified(file) !== when);

async function load({ env, path, entrypoint, api }: Extract<ToFlowProcess, { type: 'load' }>): Promise<AnyFlow> {
  Object.assign(process.env, env);
  process.chdir(path);
  const [file = '', name = ''] = entrypoint.split(/:(?=[^:]*$)/);
  const module = (await import(pathToFileURL(resolve(path, file)).href)) as Record<string, unknown>;
  const flow = module[name];
  if (!isFlow(flow))
    throw new SluiceError('ENTRYPOINT_INVALID', `${file} exports no flow "${name}".`, {
      hint: 'Run sluice deploy again after a flow was moved or renamed.',
    });
  send({ type: 'loaded', files: [...files] });
  void rehearse(api);
  return flow;
}

/**
 * Whatever a process does for the first time takes it ten times as long: a run's first request is not to be its process's first,
 * nor its first id, for which Node loads its cryptography.
 */
async function rehearse(api: ApiAccess): Promise<void> {
  uuidv7();
  await connect(api)
    .request('GET /version')
    .catch(() => {}); // the run will tell of a server that is away
}

let client: Client | undefined;

/** All runs of this process have its worker's server, and the connections to it. */
const connect = ({ api_url, api_key, auth_string }: ApiAccess): Client => {
  client ??= createClient({ apiUrl: api_url, apiKey: api_key, authString: auth_string, patienceSeconds: PATIENCE_SECONDS });
  return client;
};

async function run({ entrypoint, claimed, api, worker_name, logging_level, checked, keep }: Extract<ToFlowProcess, { type: 'run' }>): Promise<void> {
  for (const [name, variable] of Object.entries(SETTINGS) as [keyof typeof SETTINGS, string][]) if (api[name]) process.env[variable] = api[name];

  const { flow_run, epoch } = claimed;
  const stop = new AbortController();
  current = stop;
  const loading = loaded.get(entrypoint) ?? Promise.reject(new Error('The worker sent no code to load.'));
  await loading.catch(() => {}); // told as the run's failure, if it is one
  if (!checked && isStale()) {
    send({ type: 'stale' });
    process.exit(0);
  }

  const client = connect(api).with({ 'x-sluice-lease': `${flow_run.id}:${epoch}` });
  const { flow, params } = await prepare(claimed, loading);

  const end = await runFlowRun({
    client,
    flow: flow as never,
    flowRun: flow_run,
    params,
    epoch,
    workerName: worker_name,
    logs: new LogShipper(client, levelOf(logging_level)),
    waits: new WaitHub(client, { leased: true }),
    stop,
  });
  send({ type: 'finished', state_type: end.state?.type ?? 'LOST' });
  if (keep && end.state?.type === 'COMPLETED') {
    current = undefined;
    // At once: the next run may be on its way to the worker already.
    send({ type: 'free', rss_mb: process.memoryUsage.rss() / 2 ** 20 });
    return;
  }
  process.exit(0);
}

/** Code that cannot be loaded, and parameters that do not fit, are a failure of the run and told like any other. */
async function prepare(
  { flow_run, flow_name }: ClaimedRun,
  loading: Promise<AnyFlow>,
): Promise<{ flow: Pick<AnyFlow, 'flowName' | 'options' | 'body'>; params: unknown }> {
  try {
    const flow = await loading;
    return { flow, params: await parseParams(flow.options.params, flow_run.parameters, `flow '${flow.flowName}'`) };
  } catch (error) {
    const body = () => {
      throw error;
    };
    return { flow: { flowName: flow_name, options: { name: flow_name }, body }, params: {} };
  }
}

process.on('message', (message: ToFlowProcess) => {
  if (message.type === 'load') {
    const loading = load(message);
    loading.catch(() => {});
    loaded.set(message.entrypoint, loading);
  } else if (message.type === 'run') {
    run(message).catch((error) => {
      send({ type: 'failed', message: logOfThrown(error) });
      process.exit(1);
    });
  } else if (message.type === 'ping') {
    send({ type: 'pong' });
  } else {
    current?.abort(new RunAborted(message.reason, message.reason === 'Cancelled' ? 'The run was cancelled.' : 'The worker is stopping.'));
  }
});

// Without its worker there is nothing to do. Should this thread be busy, the worker's guard ends the process.
process.on('disconnect', () => process.exit(1));
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

send({ type: 'ready' });
