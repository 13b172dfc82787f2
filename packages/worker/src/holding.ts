import { monotonicMs } from '@sluice/client';
import type { Place, StopReason } from './infrastructure/infrastructure.ts';
import { pause } from './pause.ts';

/** What a worker does to a run that it holds, whichever place the run has at the moment, or none yet. */
export class Holding {
  readonly #stopped = new AbortController();
  #place: Place | undefined;
  #isDraining = false;
  #deadlineMs = 0;
  /** Why the run is asked to stop. */
  asked: StopReason | undefined;
  isLost = false;

  /** Aborted when the run is to have no place any more. */
  get signal(): AbortSignal {
    return this.#stopped.signal;
  }

  attach(place: Place): void {
    this.#place = place;
    place.prolong(this.#deadlineMs);
    if (this.#isDraining) place.drain();
  }

  detach(): void {
    this.#place = undefined;
  }

  prolong(deadlineMs: number): void {
    this.#deadlineMs = deadlineMs;
    this.#place?.prolong(deadlineMs);
  }

  stalledSeconds(): number | undefined {
    return this.#place?.stalledSeconds();
  }

  stop(reason: StopReason): void {
    if (this.asked) return;
    this.asked = reason;
    this.#stopped.abort();
    this.#place?.stop(reason);
  }

  /** A worker that stops waits for runs that work. One that only waits may wait for ever: it is given back, now or when it comes to wait. */
  drain(): void {
    this.#isDraining = true;
    if (this.#place) this.#place.drain();
    else this.stop('WorkerShutdown');
  }

  /** Resolves when the lease has ended and was not prolonged, or when nobody waits for that any more. */
  async over(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && monotonicMs() < this.#deadlineMs) await pause(this.#deadlineMs - monotonicMs(), signal);
  }

  /** The lease is over. */
  lose(): void {
    this.isLost = true;
    this.#stopped.abort();
    this.#place?.kill();
  }
}
