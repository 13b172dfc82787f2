import { startTimer, type Timer } from '@sluice/client';
import type { FlowProcess } from './infrastructure/process/flow-process.ts';

export type Asked = 'Cancelled' | 'WorkerShutdown';

/** What a worker does to a run that it holds, whichever process the run has at the moment, or none yet. */
export class Holding {
  readonly #graceSeconds: number;
  readonly #stopped = new AbortController();
  #process: FlowProcess | undefined;
  #isLoaded = false;
  #isDraining = false;
  #deadlineMs = 0;
  #timer: Timer | undefined;
  /** Why the run is asked to stop. */
  asked: Asked | undefined;
  /** It did not stop within the grace time, and was killed. */
  isKilled = false;
  isLost = false;

  constructor(graceSeconds: number) {
    this.#graceSeconds = graceSeconds;
  }

  /** Aborted when the run is to have no process any more. */
  get signal(): AbortSignal {
    return this.#stopped.signal;
  }

  attach(process: FlowProcess): void {
    this.#process = process;
    this.#isLoaded = false;
    process.onAsleep = () => this.stop('WorkerShutdown');
    process.prolong(this.#deadlineMs);
  }

  /** Its code is there, and the run with it: from now on it is asked, and no more only ended. */
  begin(): void {
    this.#isLoaded = true;
    if (this.#isDraining) this.#process?.send({ type: 'drain' });
  }

  detach(): void {
    if (this.#process) this.#process.onAsleep = () => {};
    this.#process = undefined;
  }

  prolong(deadlineMs: number): void {
    this.#deadlineMs = deadlineMs;
    this.#process?.prolong(deadlineMs);
  }

  stalledSeconds(): number | undefined {
    return this.#isLoaded ? this.#process?.stalledSeconds() : undefined;
  }

  /** Asks the run to stop, and kills its group when it has not after the grace time. One that has not begun has nothing to clean up. */
  stop(reason: Asked): void {
    if (this.asked) return;
    this.asked = reason;
    this.#stopped.abort();
    if (this.#isLoaded) {
      this.#process?.send({ type: 'cancel', reason });
      this.#timer = startTimer(this.#graceSeconds * 1000, () => this.#kill());
    } else {
      this.#process?.kill();
    }
  }

  /** A worker that stops waits for runs that work. One that only waits may wait for ever: it is given back, now or when it comes to wait. */
  drain(): void {
    this.#isDraining = true;
    if (this.#isLoaded) this.#process?.send({ type: 'drain' });
    else this.stop('WorkerShutdown');
  }

  /** The lease is over. */
  lose(): void {
    this.isLost = true;
    this.#stopped.abort();
    this.#process?.kill();
  }

  done(): void {
    this.#timer?.stop();
    this.detach();
  }

  #kill(): void {
    this.isKilled = true;
    this.#process?.kill();
  }
}
