import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Guard } from '../guard/guard.ts';
import { FlowProcess } from './flow-process.ts';

/** What a process must have been started and prepared with to run a flow of a deployment. */
export interface Code {
  readonly path: string;
  readonly entrypoint: string;
  readonly env: Readonly<Record<string, string>>;
  readonly heapMb: number | undefined;
}

interface Spare {
  readonly key: string;
  readonly process: FlowProcess;
}

/** Refilling waits until the run that took a process has started: it must not slow that down. */
const REFILL_MS = 30;

const keyOf = ({ path, env, heapMb }: Code) => JSON.stringify([path, Object.entries(env).sort(), heapMb ?? null]);

/** The SDK of the project, so that engine and flows share one. */
function programOf(path: string): string {
  return createRequire(join(path, 'package.json')).resolve('@sluice/sdk/process');
}

/**
 * Processes that stand ready: the SDK and the user's code are loaded, and each runs one flow run and is gone. A spare serves
 * all flows of its project with the same environment and memory; one whose code has changed on disk is thrown away.
 */
export class WarmPool {
  readonly #cache: string;
  readonly #spares: number;
  readonly #guard: Guard;
  readonly #onNote: (message: string) => void;
  readonly #standing: Spare[] = [];
  #closed = false;

  constructor({ cache, spares, guard, onNote }: { cache: string; spares: number; guard: Guard; onNote: (message: string) => void }) {
    this.#guard = guard;
    this.#cache = cache;
    this.#spares = spares;
    this.#onNote = onNote;
  }

  /** A process that has loaded this code, or is about to. The next one is prepared in its place. */
  take(code: Code): FlowProcess {
    const key = keyOf(code);
    const index = this.#standing.findIndex((spare) => spare.key === key && spare.process.isFresh());
    const [spare] = index >= 0 ? this.#standing.splice(index, 1) : [];
    const taken = spare?.process ?? this.#start(code);
    this.#load(taken, code);
    setTimeout(() => this.prepare(code), REFILL_MS).unref();
    return taken;
  }

  /** Makes sure that spares for this code stand ready. What stands ready for other code, or for old, makes way. */
  prepare(code: Code): void {
    if (this.#closed) return;
    const key = keyOf(code);
    for (const spare of [...this.#standing]) if (!spare.process.isFresh()) this.#discard(spare);
    while (this.#standing.filter((spare) => spare.key === key).length < this.#spares) {
      const oldest = this.#standing.length >= this.#spares ? this.#standing[0] : undefined;
      if (oldest) this.#discard(oldest);
      const process = this.#start(code);
      this.#load(process, code);
      const spare = { key, process };
      this.#standing.push(spare);
      void process.exited.then(() => {
        if (this.#standing.includes(spare)) this.#discard(spare);
      });
    }
  }

  close(): void {
    this.#closed = true;
    for (const spare of [...this.#standing]) this.#discard(spare);
  }

  #start({ path, heapMb }: Code): FlowProcess {
    return new FlowProcess({ program: programOf(path), heapMb, cache: this.#cache, guard: this.#guard });
  }

  #load(process: FlowProcess, { env, path, entrypoint }: Code): void {
    process.load({ type: 'load', env, path, entrypoint }).catch((error: Error) => this.#onNote(error.message));
  }

  #discard(spare: Spare): void {
    this.#remove(spare);
    spare.process.end();
  }

  #remove(spare: Spare): void {
    const index = this.#standing.indexOf(spare);
    if (index >= 0) this.#standing.splice(index, 1);
  }
}
