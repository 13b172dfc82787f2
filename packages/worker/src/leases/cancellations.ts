import type { Client } from '@sluice/client';
import { pause } from '../pause.ts';
import type { HeldRuns } from './held-runs.ts';

const WAIT_SECONDS = 30;
const PAUSE_MS = 1000;
const ENDING_MS = 100;

/** Hears of every new state of the runs that are held, and stops those that are being cancelled. */
export function watchCancellations(client: Client, held: HeldRuns): { stop(): void } {
  let stopped = false;
  let restart = new AbortController();
  const again = () => restart.abort();
  held.on('change', again);

  async function watch(): Promise<void> {
    const since: Record<string, string> = {};
    while (!stopped) {
      restart = new AbortController();
      const ids = held.all().map(({ flow_run_id }) => flow_run_id);
      for (const { flow_run_id, state_id } of held.all()) if (state_id) since[flow_run_id] ??= state_id;
      if (ids.length === 0) {
        await pause(WAIT_SECONDS * 1000, restart.signal);
        continue;
      }
      try {
        const { flow_runs, done } = await client.request(
          'POST /flow_runs/wait',
          { body: { ids, since, wait_seconds: WAIT_SECONDS } },
          { signal: restart.signal },
        );
        for (const { id, state_id, state_type } of flow_runs) {
          if (state_id) since[id] = state_id;
          if (state_type === 'CANCELLING') held.get(id)?.cancel();
        }
        // Runs that have ended are held until their processes are gone: there is no news of them to wait for.
        if (done) await pause(ENDING_MS, restart.signal);
      } catch {
        if (!restart.signal.aborted) await pause(PAUSE_MS, restart.signal);
      }
    }
  }

  void watch();
  return {
    stop: () => {
      stopped = true;
      again();
    },
  };
}
