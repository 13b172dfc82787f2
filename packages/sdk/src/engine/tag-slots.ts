import { pause } from '@sluice/client';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { LeaseHolder } from '@sluice/core/model/concurrency-limit';
import { uuidv7 } from 'uuidv7';
import type { FlowRunScope } from './flow-run-scope.ts';
import type { Work } from './wait-hub.ts';

export type Release = () => Promise<void>;

export interface Slots {
  readonly lease_id: string;
  /** Higher with every lease of the first limit, when it was asked for. */
  readonly token: number | undefined;
  /** Those of the names that have a limit. */
  readonly limited: readonly string[];
  readonly release: Release;
}

/** How long a lease lives without a word, where no flow run's lease covers it. */
const LEASE_SECONDS = 60;
const WAIT_SECONDS = 30;
/** Where the server does not know `Prefer: wait`, it is asked again after this. */
const ASK_AGAIN_MS = 1000;

/** Waits for slots of all these limits, in the order of arrival, and holds them until released. Names without a limit are not limited. */
export async function takeSlots(
  scope: FlowRunScope,
  names: readonly string[],
  {
    slots = 1,
    holder,
    signal = scope.stop.signal,
    token_above,
    within = scope.within,
  }: { slots?: number; holder?: LeaseHolder; signal?: AbortSignal; token_above?: number; within?: readonly LeaseHolder[] },
): Promise<Slots> {
  const body = {
    names: [...names],
    slots,
    mode: 'concurrency' as const,
    lease_duration: LEASE_SECONDS,
    within: [...within],
    lease_id: uuidv7(), // asked again, at whichever server, it is the same wait
    ...(holder && { holder }),
    ...(token_above !== undefined && { token_above }),
  };
  for (;;) {
    const asked = performance.now();
    try {
      const { lease_id, limits, token } = await scope.client.request(
        'POST /v2/concurrency_limits/increment-with-lease',
        { body },
        { signal, headers: { prefer: `wait=${WAIT_SECONDS}` } },
      );
      const { ourRoutes } = await scope.client.capabilities();
      const isCovered = ourRoutes && scope.info.epoch > 0;
      return {
        lease_id,
        token,
        limited: limits.map(({ name }) => name),
        release: limits.length > 0 ? keepSlots(scope, lease_id, isCovered) : async () => {},
      };
    } catch (error) {
      if (!isSluiceError(error) || error.code !== 'LOCKED') throw error;
      if (performance.now() - asked < ASK_AGAIN_MS) await pause(ASK_AGAIN_MS, signal);
    }
  }
}

/** Slots of a run that a worker of ours holds live as long as its lease. Others are renewed here until they are released. */
function keepSlots({ client }: FlowRunScope, id: string, isCovered: boolean): Release {
  const renew = () =>
    void client.request('POST /v2/concurrency_limits/leases/{id}/renew', { params: { id }, body: { lease_duration: LEASE_SECONDS } }).catch(() => {});
  const timer = isCovered ? undefined : setInterval(renew, (LEASE_SECONDS * 1000) / 2).unref();
  let released: Promise<void> | undefined;
  return () => {
    clearInterval(timer);
    released ??= client.request('POST /v2/concurrency_limits/decrement-with-lease', { body: { lease_id: id } });
    return released;
  };
}

/** A slot of each tag that has a limit. */
export async function takeTagSlots(
  scope: FlowRunScope,
  tags: readonly string[],
  { id, within }: { id: string; within: readonly LeaseHolder[] },
  work: Work,
): Promise<Release> {
  if (tags.length === 0) return async () => {};
  const names = tags.map((tag) => `tag:${tag}`);
  const { release } = await scope.waits.rest(work, () => takeSlots(scope, names, { holder: { type: 'task_run', id }, within }));
  return release;
}
