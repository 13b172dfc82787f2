import { type Client, startTimer, type Timer } from '@sluice/client';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { WorkPool } from '@sluice/core/model/work-pool';
import { templateDefaults } from '@sluice/core/process/job-template';
import type { Cluster } from './cluster.ts';
import { sentenceOf } from './cluster-api.ts';
import { LABELS } from './labels.ts';
import type { Job } from './objects.ts';

/** So often it is looked for what workers that are gone have left. */
const SWEEP_MS = 60_000;

interface Deps {
  readonly client: Client;
  readonly cluster: Cluster;
  readonly readPool: () => Promise<WorkPool>;
  readonly onNote: (message: string) => void;
}

/**
 * Removes what workers of this pool have left: Jobs of runs that are not theirs any more. A Job whose run is still its own is left alone,
 * whoever has made it: its pod keeps its lease itself, hears of a cancellation, and ends by itself.
 */
export function startSweep(deps: Deps): { stop(): void } {
  let timer: Timer | undefined;
  let isStopped = false;
  let told = '';
  async function again(): Promise<void> {
    try {
      const removed = await sweep(deps);
      if (removed > 0) deps.onNote(`removed ${removed} Jobs that were left behind`);
      told = '';
    } catch (error) {
      const message = sentenceOf(error);
      if (message !== told) deps.onNote(`cannot look for Jobs that were left behind: ${message}`);
      told = message;
    }
    if (!isStopped) timer = startTimer(SWEEP_MS, () => void again());
  }
  void again();
  return {
    stop: () => {
      isStopped = true;
      timer?.stop();
    },
  };
}

async function sweep({ client, cluster, readPool }: Deps): Promise<number> {
  const { id, base_job_template } = await readPool();
  // Not where a deployment names a namespace of its own: there the pods end by themselves.
  const { namespace } = templateDefaults(base_job_template);
  let removed = 0;
  for (const job of await cluster.listJobs(typeof namespace === 'string' ? namespace : await cluster.namespace(), { [LABELS.workPool]: id })) {
    if (isOver(job) || job.metadata.deletionTimestamp || cluster.isFollowed(job.metadata)) continue;
    if (await isItsRun(client, job)) continue;
    await cluster.deleteJob(job.metadata);
    removed++;
  }
  return removed;
}

/** Kubernetes removes it after its time. */
const isOver = ({ status = {} }: Job) =>
  (status.conditions ?? []).some(({ type, status: is }) => is === 'True' && (type === 'Complete' || type === 'Failed'));

async function isItsRun(client: Client, { metadata: { labels = {} } }: Job): Promise<boolean> {
  try {
    const { epoch, state_type } = await client.request('GET /flow_runs/{id}', { params: { id: labels[LABELS.flowRun] ?? '' } });
    return String(epoch) === labels[LABELS.epoch] && ACTIVE.has(state_type ?? '');
  } catch (error) {
    if (isSluiceError(error) && error.code === 'NOT_FOUND') return false;
    throw error;
  }
}

const ACTIVE: ReadonlySet<string> = new Set(['PENDING', 'RUNNING', 'CANCELLING', 'PAUSED']);
