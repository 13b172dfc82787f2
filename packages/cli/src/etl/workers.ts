import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@sluice/client';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Worker } from '@sluice/core/model/worker';
import { isRunning } from '@sluice/home/processes';
import type { EtlOptions } from './etl-options.ts';
import type { Membership } from './jobs/membership.ts';
import { noteKeptWorkers, stopKeptWorkers } from './kept-workers.ts';
import { startBackground } from './processes.ts';

interface Deps {
  readonly client: Client;
  /** Environment of the workers: it names the server. */
  readonly api: NodeJS.ProcessEnv;
  readonly options: EtlOptions;
  readonly stack: AsyncDisposableStack;
  readonly job: Membership;
  readonly say: (text: string) => void;
}

const START_MS = 60_000;

async function online(client: Client, pool: string): Promise<string[]> {
  const workers = await client.request('POST /work_pools/{name}/workers/filter', {
    params: { name: pool },
    body: { workers: { status: { any_: ['ONLINE'] } } },
  });
  return workers
    .filter(isThere)
    .map(({ name }) => name)
    .sort();
}

/** The server takes a while to miss a worker that was killed; one of this machine can be looked for. */
const isThere = ({ host, pid }: Worker): boolean => host !== hostname() || pid === null || isRunning(pid);

/** Starts the workers, each one flow run at a time, unless so many are there already. Returns their names when all are online. */
export async function startWorkers({ client, api, options, stack, job, say }: Deps): Promise<string[]> {
  const { settings, workers: count, keep, apiUrl } = options;
  const there = await online(client, settings.work_pool);
  // Those of a job that runs already are never stopped, so that they are taken even when they are fewer.
  if (there.length >= count || (there.length > 0 && (await job.others()).length > 0)) {
    say(`Workers: ${there.join(', ')} (there already)`);
    return there;
  }
  // Kept ones that are too few have the names that the new ones get.
  await stopKeptWorkers(settings.home);
  // Another job on this machine may have workers at the same server.
  const name = apiUrl === undefined ? 'worker' : `${hostname()}-${process.pid}`;
  const args = ['worker', 'start', '--pool', settings.work_pool, '--workers', String(count), '--limit', '1', '--name', name];
  const background = startBackground(settings.home, 'workers', args, api);
  if (apiUrl === undefined || keep) {
    background.leave();
    await noteKeptWorkers(settings.home, background.pid);
    await job.started('workers', background.pid);
  } else {
    stack.defer(background.stop);
    options.atOnce.add(background.endNow);
  }
  let ended: string | undefined;
  void background.exited.then((how) => {
    ended = how;
  });
  for (let waited = 0; waited < START_MS && ended === undefined; waited += 50) {
    const names = await online(client, settings.work_pool);
    if (names.length >= count) {
      say(`Workers: ${names.join(', ')}`);
      return names;
    }
    await pause(50, undefined, { signal: options.signal });
  }
  throw new SluiceError('API_UNREACHABLE', 'The workers did not start.', { hint: `Their log says why: ${background.log}` });
}
