import { setTimeout as pause } from 'node:timers/promises';
import { LONGEST_TIMER_MS } from '@sluice/core/lib/duration';
import type { ServiceStatus } from '@sluice/core/model/server-status';
import type { Logger } from 'pino';

/** A loop of the server. `tick` does one bounded piece of work and says what it did; tests call it, the server repeats it. */
export interface Service {
  readonly name: string;
  readonly everySeconds: number;
  tick(): Promise<{ readonly [count: string]: number }>;
}

export interface RunningServices {
  status(): ServiceStatus[];
  stop(): Promise<void>;
}

/** Repeats every service until stopped. A tick that fails is logged and tried again at the next turn: one bad row never ends a loop. */
export function runServices(services: readonly Service[], { logger, clock }: { logger: Logger; clock: () => number }): RunningServices {
  const stopping = new AbortController();
  const statuses = new Map<string, ServiceStatus>(
    services.map(({ name, everySeconds }) => [
      name,
      { name, every_seconds: everySeconds, last_tick: null, lag_ms: null, took_ms: null, last_error: null },
    ]),
  );

  async function repeat({ name, everySeconds, tick }: Service): Promise<void> {
    const everyMs = everySeconds * 1000;
    while (!stopping.signal.aborted) {
      const rested = clock();
      await pause(Math.min(everyMs, LONGEST_TIMER_MS), undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      const began = clock();
      const done = (last_error: string | null) => {
        const times = { last_tick: new Date().toISOString(), lag_ms: Math.max(0, began - rested - everyMs), took_ms: clock() - began };
        statuses.set(name, { name, every_seconds: everySeconds, ...times, last_error });
      };
      try {
        const counts = await tick();
        done(null);
        if (Object.values(counts).some((count) => count > 0)) logger.info({ service: name, ...counts }, 'service did its work');
      } catch (error) {
        done((error as Error).message);
        logger.warn({ service: name, error }, 'service failed, it will try again');
      }
    }
  }

  const loops = services.map(repeat);
  return {
    status: () => [...statuses.values()],
    stop: async () => {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}
