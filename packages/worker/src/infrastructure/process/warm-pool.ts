import { createRequire } from 'node:module';
import { join } from 'node:path';
import { messageOf } from '@sluice/core/errors/sluice-error';
import type { Code } from '../../job.ts';
import { STARTING_MS } from '../../starting.ts';
import { processEnvironment } from './environment.ts';
import { FlowProcess } from './flow-process.ts';
import type { Guard } from './guard/guard.ts';

export interface WarmPoolOptions {
  readonly apiUrl: string;
  readonly cleanEnv: boolean;
  readonly cache: string;
  /** How many flow runs the worker runs at once. */
  readonly limit: number;
  readonly guard: Guard;
  readonly startSeconds: number;
  readonly graceSeconds: number;
  /** How long a process may stand ready; 0: none does. */
  readonly spareSeconds: number;
  readonly onNote: (message: string) => void;
}

interface Spare {
  readonly code: Code;
  readonly key: string;
  readonly process: FlowProcess;
}

/** A process for a run, and whether it was started for it. */
export interface Taken {
  readonly process: FlowProcess;
  readonly anew: boolean;
}

/** Spares that are too old, or whose code has changed, are looked for so often. */
const SWEEP_MS = 2000;

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
 * changed on disk, or could not be loaded, is thrown away, and one that is too old too: what a module worked out when it was loaded
 * is as old as its process.
 */
export class WarmPool {
  readonly #options: WarmPoolOptions;
  readonly #standing: Spare[] = [];
  /** Processes that are to come back. */
  readonly #lent = new Set<FlowProcess>();
  readonly #sweep: NodeJS.Timeout;
  #closed = false;
  #noted = '';

  constructor(options: WarmPoolOptions) {
    this.#options = options;
    this.#sweep = setInterval(() => this.renew(), SWEEP_MS).unref();
  }

  /** A process that has loaded this code, or is about to. The next one is prepared in its place, unless it will come back. */
  take(code: Code, { comesBack, anew = false }: { comesBack: boolean; anew?: boolean }): Taken {
    const key = keyOf(code);
    const fits = (spare: Spare) => !anew && spare.key === key && this.#isGood(spare);
    // One that has run before is the faster: it is for a run after which it comes back.
    const index = comesBack ? this.#standing.findLastIndex(fits) : this.#standing.findIndex(fits);
    const [spare] = index >= 0 ? this.#standing.splice(index, 1) : [];
    const taken = spare?.process ?? this.#start(code);
    if (comesBack) this.#lent.add(taken);
    void this.#load(taken, code);
    setTimeout(() => this.prepare(code), STARTING_MS).unref();
    return { process: taken, anew: !spare };
  }

  /** Takes a process back whose run has completed. False: it has grown too much, or nobody needs it; whoever has it ends it. */
  giveBack(code: Code, process: FlowProcess, rssMb: number): boolean {
    if (!this.#lent.delete(process) || this.#closed || rssMb > KEPT_MB) return false;
    this.#stand({ code, key: keyOf(code), process });
    // One more than runs at once: a run that waits for others lends its place, and theirs are to find a process too.
    while (this.#standing.length > this.#options.limit + 1) this.#discard(this.#standing[0] as Spare);
    return true;
  }

  /** A process has ended, or is about to. Where it could not load its code in time, others that try would keep the next run waiting. */
  lose(process: FlowProcess): void {
    this.#lent.delete(process);
    if (process.killed?.why === 'start') for (const spare of this.#standing.filter((each) => each.process.loading > 0)) this.#discard(spare);
  }

  /** Makes sure that spares for this code stand ready. What stands ready for other code, or for old, makes way. Nobody waits for it: it never throws. */
  prepare(code: Code): void {
    if (this.#closed || this.#options.spareSeconds === 0) return;
    const key = keyOf(code);
    for (const spare of this.#standing.filter((each) => !this.#isGood(each))) this.#discard(spare);
    if (this.#lent.size >= this.#options.limit || this.#standing.some((spare) => spare.key === key)) return;
    if (this.#standing.length >= this.#options.limit) this.#discard(this.#standing[0] as Spare);
    try {
      const process = this.#start(code);
      this.#stand({ code, key, process });
      void this.#load(process, code).then(() => this.#settle(process, code));
    } catch (error) {
      this.#noteUnready(code, messageOf(error));
    }
  }

  /** Puts new ones in the place of spares that are of no use any more. */
  renew(): void {
    for (const { code, process } of this.#standing.filter((spare) => !this.#isGood(spare))) {
      this.#discardProcess(process);
      this.prepare(code);
    }
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#sweep);
    for (const spare of [...this.#standing]) this.#discard(spare);
  }

  #isGood({ process }: Spare): boolean {
    return performance.now() - process.startedMs < this.#options.spareSeconds * 1000 && process.isFresh();
  }

  #start({ path, heapMb }: Code): FlowProcess {
    const env = processEnvironment(process.env, { clean: this.#options.cleanEnv });
    return new FlowProcess({ ...this.#options, program: programOf(path), heapMb, env });
  }

  #load(process: FlowProcess, { env, path, entrypoint }: Code): Promise<void> {
    return process.load({ type: 'load', env, path, entrypoint, api_url: this.#options.apiUrl });
  }

  /** A spare has loaded its code, or cannot, or has ended as it did. */
  #settle(process: FlowProcess, code: Code): void {
    if (!process.isUnloadable && process.loading === 0) this.#noted = '';
    else if (this.#discardProcess(process)) this.#noteUnready(code, 'its code cannot be loaded.');
  }

  /** The project may be without its packages for a moment; the next run starts its process itself. */
  #noteUnready({ entrypoint }: Code, why: string): void {
    this.#note(`No process is ready for ${entrypoint}: ${why.split('\n')[0]}`);
  }

  #note(message: string): void {
    if (message !== this.#noted) this.#options.onNote(message);
    this.#noted = message;
  }

  #stand(spare: Spare): void {
    this.#standing.push(spare);
    void spare.process.exited.then(() => (spare.process.loading > 0 ? this.#settle(spare.process, spare.code) : this.#discardProcess(spare.process)));
  }

  /** False when it does not stand ready: it has a run, or was discarded before. */
  #discardProcess(process: FlowProcess): boolean {
    const spare = this.#standing.find((each) => each.process === process);
    if (spare) this.#discard(spare);
    return spare !== undefined;
  }

  #discard(spare: Spare): void {
    const index = this.#standing.indexOf(spare);
    if (index >= 0) this.#standing.splice(index, 1);
    spare.process.end();
  }
}
