import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ApiAccess } from '@sluice/core/process/messages';
import type { Guard } from '../guard/guard.ts';
import { STARTING_MS } from '../starting.ts';
import { FlowProcess } from './flow-process.ts';

/** What a process must have been started and prepared with to run a flow of a deployment. */
export interface Code {
  readonly path: string;
  readonly entrypoint: string;
  readonly env: Readonly<Record<string, string>>;
  readonly heapMb: number | undefined;
}

export interface WarmPoolOptions {
  readonly api: ApiAccess;
  readonly cache: string;
  /** How many flow runs the worker runs at once. */
  readonly limit: number;
  readonly guard: Guard;
  readonly onNote: (message: string) => void;
}

interface Spare {
  readonly key: string;
  readonly process: FlowProcess;
}

/** A process that has grown beyond this is not kept: the next run needs room below its own bound. */
const KEPT_MB = 256;

const keyOf = ({ path, env, heapMb }: Code) => JSON.stringify([path, Object.entries(env).sort(), heapMb ?? null]);

/** The SDK of the project, so that engine and flows share one. */
function programOf(path: string): string {
  return createRequire(join(path, 'package.json')).resolve('@sluice/sdk/process');
}

/**
 * Processes that stand ready: the SDK and the user's code are loaded, and each runs one flow run and is gone, or comes back when its
 * deployment lets it run several. A spare serves all flows of its project with the same environment and memory; one whose code has
 * changed on disk is thrown away.
 */
export class WarmPool {
  readonly #cache: string;
  readonly #limit: number;
  readonly #api: ApiAccess;
  readonly #guard: Guard;
  readonly #onNote: (message: string) => void;
  readonly #standing: Spare[] = [];
  /** Processes that are to come back. */
  readonly #lent = new Set<FlowProcess>();
  #closed = false;

  constructor({ api, cache, limit, guard, onNote }: WarmPoolOptions) {
    this.#api = api;
    this.#guard = guard;
    this.#cache = cache;
    this.#limit = limit;
    this.#onNote = onNote;
  }

  /** A process that has loaded this code, or is about to. The next one is prepared in its place, unless it will come back. */
  take(code: Code, { comesBack }: { comesBack: boolean }): FlowProcess {
    const key = keyOf(code);
    const fits = (spare: Spare) => spare.key === key && spare.process.isFresh();
    // One that has run before is the faster: it is for a run after which it comes back.
    const index = comesBack ? this.#standing.findLastIndex(fits) : this.#standing.findIndex(fits);
    const [spare] = index >= 0 ? this.#standing.splice(index, 1) : [];
    const taken = spare?.process ?? this.#start(code);
    if (comesBack) this.#lent.add(taken);
    this.#load(taken, code);
    setTimeout(() => this.prepare(code), STARTING_MS).unref();
    return taken;
  }

  /** Takes a process back whose run has completed. False: it has grown too much, or nobody needs it; whoever has it ends it. */
  giveBack(code: Code, process: FlowProcess, rssMb: number): boolean {
    if (!this.#lent.delete(process) || this.#closed || rssMb > KEPT_MB) return false;
    this.#stand({ key: keyOf(code), process });
    // One more than runs at once: a run that waits for others lends its place, and theirs are to find a process too.
    while (this.#standing.length > this.#limit + 1) this.#discard(this.#standing[0] as Spare);
    return true;
  }

  /** A process has ended, or is about to. */
  lose(process: FlowProcess): void {
    this.#lent.delete(process);
  }

  /** Makes sure that spares for this code stand ready. What stands ready for other code, or for old, makes way. */
  prepare(code: Code): void {
    if (this.#closed) return;
    const key = keyOf(code);
    for (const spare of [...this.#standing]) if (!spare.process.isFresh()) this.#discard(spare);
    if (this.#lent.size >= this.#limit || this.#standing.some((spare) => spare.key === key)) return;
    if (this.#standing.length >= this.#limit) this.#discard(this.#standing[0] as Spare);
    const process = this.#start(code);
    this.#load(process, code);
    this.#stand({ key, process });
  }

  close(): void {
    this.#closed = true;
    for (const spare of [...this.#standing]) this.#discard(spare);
  }

  #start({ path, heapMb }: Code): FlowProcess {
    return new FlowProcess({ program: programOf(path), heapMb, cache: this.#cache, guard: this.#guard });
  }

  #load(process: FlowProcess, { env, path, entrypoint }: Code): void {
    process.load({ type: 'load', env, path, entrypoint, api: this.#api }).catch((error: Error) => this.#onNote(error.message));
  }

  #stand(spare: Spare): void {
    this.#standing.push(spare);
    void spare.process.exited.then(() => {
      if (this.#standing.includes(spare)) this.#discard(spare);
    });
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
