import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import type { FromFlowProcess, ToFlowProcess } from '@sluice/core/process/messages';
import type { Guard } from '../guard/guard.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface FlowProcessOptions {
  /** The SDK's program, from the project whose flow will run. */
  readonly program: string;
  /** Heap of the process in MB; undefined leaves Node's own. */
  readonly heapMb: number | undefined;
  readonly cache: string;
  readonly guard: Guard;
}

const PING_MS = 2000;
const HEAR_MS = 1000;

/** One process for one flow run, or for several one after the other, in a process group of its own, under the eyes of the worker's guard. */
export class FlowProcess {
  readonly ready: Promise<void>;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #guard: Guard;
  #loads = new Map<string, Promise<void>>();
  #files: Extract<FromFlowProcess, { type: 'loaded' }>['files'] | undefined;
  #checked = false;
  #lastPong = performance.now();
  #pings: NodeJS.Timeout | undefined;
  #stale = false;
  #finished: string | undefined;
  #failure: string | undefined;
  #runs = 0;
  #free: PromiseWithResolvers<{ rssMb: number }> | undefined;

  constructor({ program, heapMb, cache, guard }: FlowProcessOptions) {
    const flags = heapMb ? [`--max-old-space-size=${heapMb}`] : [];
    this.#child = spawn(process.execPath, [...flags, program], {
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_COMPILE_CACHE: cache },
    });
    this.#guard = guard;
    const { pid } = this.#child;
    if (pid !== undefined) guard.watch(pid);
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => void this.#heardAll().then(() => resolve({ code, signal })));
      this.#child.once('error', (error) => {
        this.#failure = error.message;
        resolve({ code: null, signal: null });
      });
    });
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.ready.catch(() => {});
    void this.exited.then(() => ready.reject(new Error('The flow process ended before it was ready.')));
    this.#child.on('message', (message: FromFlowProcess) => {
      if (message.type === 'ready') ready.resolve();
      else if (message.type === 'pong') this.#lastPong = performance.now();
      else if (message.type === 'finished') this.#finished = message.state_type;
      else if (message.type === 'free') this.#free?.resolve({ rssMb: message.rss_mb });
      else if (message.type === 'failed') this.#failure = message.message;
      else if (message.type === 'stale') this.#stale = true;
      else this.#files = message.files;
    });
  }

  /** What a process sent last may be read after its end, unless something that it left behind keeps the line open. */
  async #heardAll(): Promise<void> {
    if (this.#child.connected) await once(this.#child, 'disconnect', { signal: AbortSignal.timeout(HEAR_MS) }).catch(() => {});
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** State in which the run's work in this process ended, when it told so. */
  get finished(): string | undefined {
    return this.#finished;
  }

  /** Whether it ended before its run began, because its code was changed as it was loaded. */
  get stale(): boolean {
    return this.#stale;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  /** Whether the code that was loaded is still the code on disk. A process that still loads it looks itself. */
  isFresh(): boolean {
    this.#checked = this.#files !== undefined;
    return this.#child.exitCode === null && this.#child.signalCode === null && (this.#files ?? []).every(([file, when]) => modified(file) === when);
  }

  /** Loads a flow's code; once for each entrypoint. Failures show when the flow is run. */
  load(message: Extract<ToFlowProcess, { type: 'load' }>): Promise<void> {
    const known = this.#loads.get(message.entrypoint);
    if (known) return known;
    const loading = this.ready.then(() => this.send(message));
    this.#loads.set(message.entrypoint, loading);
    return loading;
  }

  send(message: ToFlowProcess): void {
    if (this.#child.connected) this.#child.send(message);
  }

  /** How many runs it was given. */
  get runs(): number {
    return this.#runs;
  }

  /** Gives it a run. Resolves with its end, or with its memory when it was told to stay and has completed the run. */
  async run(message: Omit<Extract<ToFlowProcess, { type: 'run' }>, 'checked'>): Promise<Exit | { readonly rssMb: number }> {
    this.#runs++;
    this.#finished = undefined;
    const free = Promise.withResolvers<{ rssMb: number }>();
    this.#free = free;
    this.send({ ...message, checked: this.#checked });
    this.#lastPong = performance.now();
    this.#pings = setInterval(() => this.send({ type: 'ping' }), PING_MS).unref();
    try {
      return await Promise.race([this.exited, free.promise]);
    } finally {
      clearInterval(this.#pings);
    }
  }

  /** Seconds since the main thread last answered, when that is longer than two pings. */
  stalledSeconds(): number | undefined {
    const silent = performance.now() - this.#lastPong;
    return silent > 2 * PING_MS ? silent / 1000 : undefined;
  }

  /** The lease lives until then: the guard waits for it. */
  prolong(deadlineMs: number): void {
    if (this.pid !== undefined) this.#guard.prolong(this.pid, deadlineMs);
  }

  /** It has no run: it lives as long as its worker. */
  rest(): void {
    if (this.pid !== undefined) this.#guard.watch(this.pid);
  }

  /** Kills the process and all it has started. */
  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Kills what is left of the group after the process has ended, and lets the guard forget it. */
  end(): void {
    this.kill();
    if (this.pid !== undefined) this.#guard.forget(this.pid);
  }
}

function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}
