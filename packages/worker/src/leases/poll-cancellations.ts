import type { Client } from '@sluice/client';
import { pause } from '../pause.ts';
import type { HeldRuns } from './held-runs.ts';

/** Prefect's own runner asks every 10 s. */
const POLL_MS = 2000;

/** What `watchCancellations` does, on a server that tells nobody: asks which of the held runs are being cancelled. */
export function pollCancellations(client: Client, held: HeldRuns): { stop(): void } {
  const over = new AbortController();
  async function watch(): Promise<void> {
    while (!over.signal.aborted) {
      await pause(POLL_MS, over.signal);
      const ids = held.all().map(({ flow_run_id }) => flow_run_id);
      if (ids.length === 0 || over.signal.aborted) continue;
      const body = { flow_runs: { id: { any_: ids }, state: { type: { any_: ['CANCELLING' as const, 'CANCELLED' as const] } } } };
      const found = await client.request('POST /flow_runs/filter', { body }, { signal: over.signal }).catch(() => []);
      for (const { id } of found) held.get(id)?.cancel();
    }
  }
  void watch();
  return { stop: () => over.abort() };
}
