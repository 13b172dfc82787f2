import { hostname } from 'node:os';
import { type Client, createClient } from '@sluice/client';
import { isSluiceError, messageOf } from '@sluice/core/errors/sluice-error';
import type { ClaimedRun } from '@sluice/core/model/worker';
import { SETTINGS } from '@sluice/core/settings/settings';
import { uuidv7 } from 'uuidv7';
import { CodeFinder } from './bundles/find-code.ts';
import { longPoll } from './claims/long-poll.ts';
import { pollPrefect } from './claims/poll-prefect.ts';
import { expectFreeName } from './expect-free-name.ts';
import { serveHealth } from './health.ts';
import type { LocalInfrastructure } from './infrastructure/infrastructure.ts';
import { infrastructureOf } from './infrastructure/table.ts';
import { codeOfDeployment, jobVariables } from './job.ts';
import { startBeat } from './leases/beat.ts';
import { watchCancellations } from './leases/cancellations.ts';
import { HeldRuns } from './leases/held-runs.ts';
import { pollCancellations } from './leases/poll-cancellations.ts';
import { pause } from './pause.ts';
import { runClaimed } from './run-claimed.ts';
import { STARTING_MS } from './starting.ts';
import { Trouble } from './trouble.ts';
import { VERSION } from './version.ts';
import type { WorkerOptions } from './worker-options.ts';

export interface Worker {
  /** Resolves when the worker has ended: after it has drained, or when it cannot go on. */
  readonly ended: Promise<void>;
  /** Claims nothing more, waits for its runs, hands back those that only wait, and ends. */
  drain(): void;
}

const PATIENCE_SECONDS = 3600;

/** So long an answer waits for a run; and while a worker that ends after what is due still runs some of it. */
const CLAIM_SECONDS = 30;
const LAST_CLAIM_SECONDS = 1;

/**
 * Starts a worker in this process: it claims runs of a pool by one long poll, runs each in a place of its own, and keeps
 * their leases alive from a thread of its own, so that nothing this thread does can make it look dead. On Prefect's own server it
 * polls for runs as Prefect's workers do, and there are no leases.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { api, pool, name, limit, queues, beatSeconds, isOnce = false, onEvent = () => {} } = options;
  const incarnation = uuidv7();
  const onNote = (message: string) => onEvent({ type: 'note', message });
  let isInTouch = () => false;
  const health = options.health && (await serveHealth(options.health, () => isInTouch()));
  if (health) onNote(`answers at ${health.url}`);
  const client = createClient({
    apiUrl: api.api_url,
    apiKey: api.api_key,
    authString: api.auth_string,
    patienceSeconds: PATIENCE_SECONDS,
    userAgent: 'sluice-worker',
  });
  const makeInfrastructure = await infrastructureOf(await client.request('GET /work_pools/{name}', { params: { name: pool } }));
  const { ourRoutes } = await client.capabilities();
  await expectFreeName(client, pool, name);
  const held = new HeldRuns();
  const beat = await startBeat(
    {
      api,
      pool,
      worker_id: incarnation,
      name,
      concurrency_limit: limit,
      heartbeat_interval_seconds: beatSeconds,
      host: hostname(),
      pid: process.pid,
      version: VERSION,
      ...(queues.length > 0 && { queues: [...queues] }),
    },
    held,
  );
  isInTouch = beat.isInTouch;
  const { startSeconds = SETTINGS.start_seconds.fallback, spareSeconds = SETTINGS.spare_seconds.fallback } = options;
  const { bundles, bundleCacheMb = SETTINGS.bundle_cache_mb.fallback } = options;
  const infrastructure = await makeInfrastructure({ ...options, startSeconds, spareSeconds, bundleCacheMb, onEvent }, onNote);
  const codes = new CodeFinder({ client, bundles, bundleCacheMb });
  if (infrastructure.codeIs === 'here') await warmUp(client, pool, { codes, infrastructure }).catch(() => {}); // the first run starts its process itself

  const draining = new AbortController();
  const runs = new Set<Promise<void>>();

  async function runOne(claimed: ClaimedRun): Promise<void> {
    const { flow_run, flow_name, epoch } = claimed;
    onEvent({ type: 'claimed', flow_run: flow_run.name, flow: flow_name, epoch });
    try {
      const how = await runClaimed(claimed, { client, infrastructure, held, codes, startSeconds, draining: draining.signal });
      onEvent({ type: 'ended', flow_run: flow_run.name, how });
    } catch (error) {
      onNote(`${flow_run.name}: ${messageOf(error)}`);
    }
  }

  const claimer = { client, pool, queues };
  const nextRuns = ourRoutes ? longPoll(claimer, incarnation) : pollPrefect({ ...claimer, api });

  async function claimRuns(): Promise<void> {
    const trouble = new Trouble(onNote);
    while (!draining.signal.aborted) {
      try {
        const seconds = !isOnce ? CLAIM_SECONDS : runs.size > 0 ? LAST_CLAIM_SECONDS : 0;
        const claimed = await nextRuns(limit - runs.size, seconds, draining.signal);
        trouble.over();
        if (seconds === 0 && claimed.length === 0) return;
        for (const run of claimed) {
          const work = runOne(run);
          runs.add(work);
          void work.finally(() => runs.delete(work));
        }
        // Full, it gets nothing before a run ends or comes to wait; asking would only be in the way of those that start.
        if (runs.size >= limit) await Promise.race([pause(STARTING_MS, draining.signal), ...runs]);
      } catch (error) {
        if (draining.signal.aborted) return;
        if (isSluiceError(error) && error.code === 'UNAUTHORIZED') throw error;
        await pause(trouble.meet(error), draining.signal);
      }
    }
  }

  const watching = ourRoutes ? watchCancellations(client, held) : pollCancellations(client, held);
  const ended = (async () => {
    try {
      await claimRuns();
      await Promise.all(runs);
    } finally {
      watching.stop();
      infrastructure.close();
      await beat.stop();
      await client.close();
      health?.close();
    }
  })();
  // Last of all: who reads it may stop the worker at once, and is heard.
  onEvent({ type: 'online' });
  return { ended, drain: () => draining.abort() };
}

/** Prepares for the deployment that was made last: the first run is not to wait for a process either. */
async function warmUp(
  client: Client,
  pool: string,
  { codes, infrastructure }: { codes: CodeFinder; infrastructure: LocalInfrastructure },
): Promise<void> {
  const body = { work_pools: { name: { any_: [pool] } }, sort: 'UPDATED_DESC' as const, limit: 1 };
  const [deployment] = await client.request('POST /deployments/filter', { body });
  if (!deployment) return;
  const wanted = codeOfDeployment(deployment, jobVariables(deployment.job_variables));
  if (typeof wanted === 'string') return;
  const prepared = codes.find(wanted).then(({ code, release }) => {
    infrastructure.prepare(code);
    release();
  });
  // A bundle may have to be fetched: runs that do not need it are not to wait for it.
  if (wanted.bundle) void prepared.catch(() => {});
  else await prepared;
}
