import { setTimeout as pause } from 'node:timers/promises';
import { LONGEST_TIMER_MS } from '@sluice/core/lib/duration';
import type { Logger } from 'pino';

/** A loop of the server. `tick` does one bounded piece of work and says what it did; tests call it, the server repeats it. */
export interface Service {
  readonly name: string;
  readonly everySeconds: number;
  tick(): Promise<{ readonly [count: string]: number }>;
}

export interface ServiceStatus {
  readonly name: string;
  readonly last_tick: string | null;
  readonly last_error: string | null;
}

export interface RunningServices {
  status(): ServiceStatus[];
  stop(): Promise<void>;
}

/** Repeats every service until stopped. A tick that fails is logged and tried again at the next turn: one bad row never ends a loop. */
export function runServices(services: readonly Service[], logger: Logger): RunningServices {
  const stopping = new AbortController();
  const statuses = new Map<string, ServiceStatus>(services.map(({ name }) => [name, { name, last_tick: null, last_error: null }]));

  async function repeat({ name, everySeconds, tick }: Service): Promise<void> {
    while (!stopping.signal.aborted) {
      await pause(Math.min(everySeconds * 1000, LONGEST_TIMER_MS), undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      try {
        const counts = await tick();
        statuses.set(name, { name, last_tick: new Date().toISOString(), last_error: null });
        if (Object.values(counts).some((count) => count > 0)) logger.info({ service: name, ...counts }, 'service did its work');
      } catch (error) {
        statuses.set(name, { name, last_tick: new Date().toISOString(), last_error: (error as Error).message });
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
