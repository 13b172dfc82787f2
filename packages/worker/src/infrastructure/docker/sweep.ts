import { type Client, pause } from '@sluice/client';
import { isSluiceError, messageOf } from '@sluice/core/errors/sluice-error';
import type { WorkPool } from '@sluice/core/model/work-pool';
import { LEAVES_MS } from '../infrastructure.ts';
import type { Containers, Listed } from './containers.ts';
import { LABELS } from './labels.ts';

/** So often it is looked for what workers that are gone have left. */
const SWEEP_MS = 30_000;
/** Another worker that lives has removed its own by then. */
const REST_MS = 5000;
/** One that was made and not started by then never will be. */
const MADE_SECONDS = 60;

interface Deps {
  readonly client: Client;
  readonly containers: Containers;
  readonly followed: ReadonlySet<string>;
  readonly readPool: () => Promise<WorkPool>;
  readonly onNote: (message: string) => void;
}

/**
 * Ends what workers of this pool have left on this engine. A container whose run is still its own is left alone until its end, whoever has
 * made it: the program there keeps its lease itself, and hears of a cancellation. Any other one is killed. What has ended is removed.
 */
export function startSweep(deps: Deps): { stop(): void } {
  const stop = new AbortController();
  const { signal } = stop;
  const watched = new Set<string>();
  let told = '';

  async function tell(work: Promise<boolean>): Promise<void> {
    try {
      if (await work) deps.onNote('removed a container that another worker had left behind');
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** To its end, and beyond that as long as another worker may need. */
  async function endLater({ Id }: Listed): Promise<boolean> {
    await deps.containers.wait(Id, signal);
    await pause(REST_MS, signal);
    return remove(Id);
  }

  /** Its run may have ended just now: its program is on its way out then, with its last lines. */
  async function endSoon({ Id }: Listed): Promise<boolean> {
    await Promise.race([deps.containers.wait(Id, signal), pause(LEAVES_MS, signal)]);
    return remove(Id);
  }

  async function remove(id: string): Promise<boolean> {
    if (!(await deps.containers.state(id))) return false;
    await deps.containers.remove(id);
    return true;
  }

  async function look(): Promise<void> {
    const { id } = await deps.readPool();
    for (const each of await deps.containers.list({ [LABELS.workPool]: id })) {
      if (deps.followed.has(each.Id) || watched.has(each.Id)) continue;
      const isMade = each.State === 'created';
      if (isMade && Date.now() / 1000 - each.Created < MADE_SECONDS) continue;
      if (each.State !== 'running' && each.Labels[LABELS.kept]) continue;
      watched.add(each.Id);
      const end = async () => {
        if (isMade) return remove(each.Id);
        if (each.State === 'running' && !(await isItsRun(deps.client, each))) return endSoon(each);
        return endLater(each);
      };
      void tell(end())
        .catch(() => {}) // the next look does it
        .finally(() => watched.delete(each.Id));
    }
  }

  void (async () => {
    while (!signal.aborted) {
      try {
        await look();
        told = '';
      } catch (error) {
        const message = messageOf(error);
        if (message !== told) deps.onNote(`cannot look for containers that were left behind: ${message}`);
        told = message;
      }
      await pause(SWEEP_MS, signal).catch(() => {});
    }
  })();
  return { stop: () => stop.abort() };
}

const ACTIVE: ReadonlySet<string> = new Set(['PENDING', 'RUNNING', 'CANCELLING', 'PAUSED']);

async function isItsRun(client: Client, { Labels: labels }: Listed): Promise<boolean> {
  try {
    const { epoch, state_type } = await client.request('GET /flow_runs/{id}', { params: { id: labels[LABELS.flowRun] ?? '' } });
    return String(epoch) === labels[LABELS.epoch] && ACTIVE.has(state_type ?? '');
  } catch (error) {
    if (isSluiceError(error) && error.code === 'NOT_FOUND') return false;
    throw error;
  }
}
