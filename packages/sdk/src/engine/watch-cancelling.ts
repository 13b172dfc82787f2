import { type Client, pause } from '@sluice/client';
import { RunAborted } from '../errors.ts';
import type { KeptLease } from './own-lease.ts';

/** Prefect's own runner asks every 10 s. */
const POLL_MS = 2000;

/** On a server that has no leases, and so no beat that says it: asks whether the run is being cancelled, until it is told that nobody cares. */
export function watchCancelling(client: Client, id: string, stop: AbortController): KeptLease {
  const over = new AbortController();
  const watch = async () => {
    while (!over.signal.aborted) {
      await pause(POLL_MS, over.signal).catch(() => {});
      if (over.signal.aborted) return;
      const run = await client.request('GET /flow_runs/{id}', { params: { id } }).catch(() => undefined);
      if (run?.state_type === 'CANCELLING') stop.abort(new RunAborted('Cancelled', 'The run was cancelled.'));
    }
  };
  void watch();
  return { onLeaving: () => {}, [Symbol.dispose]: () => over.abort() };
}
