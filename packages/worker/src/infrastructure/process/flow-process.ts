import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import type { Duplex, Readable } from 'node:stream';
import { startTimer, type Timer } from '@sluice/client';
import type { Overdue } from '@sluice/core/process/end-overdue';
import { CHANNEL_FD, type FromFlowProcess, type ToFlowProcess } from '@sluice/core/process/messages';
import { nodeFlags } from '@sluice/core/process/programs';
import type { Exit } from '../../how-it-ended.ts';
import { pause } from '../../pause.ts';
import { type Channel, openChannel } from './channel.ts';
import { Deadlines } from './deadlines.ts';
import type { Guard } from './guard/guard.ts';
import { Printed } from './printed.ts';

export interface FlowProcessOptions {
  /** The SDK's program, from the project whose flow will run. */
  readonly program: string;
  /** Heap of the process in MB; undefined leaves Node's own. */
  readonly heapMb: number | undefined;
  readonly cache: string;
  /** All of the process's environment; nothing comes from the worker's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly guard: Guard;
  /** How long it may take to load code. */
  readonly startSeconds: number;
  /** How long it may take to stop. */
  readonly graceSeconds: number;
  readonly onNote: (message: string) => void;
}

/** Why a process was killed by its worker, when that was not asked for. */
export type Killed = { readonly why: 'start' | 'silent' | 'late' } | (Overdue & { readonly why: 'overdue' });

const PING_MS = 2000;
const HEAR_MS = 1000;

/** One process for one flow run, or for several one after the other, in a process group of its own, under the eyes of the worker's guard. */
export class FlowProcess {
  readonly exited: Promise<Exit>;
  readonly startedMs = performance.now();
  readonly #child: ChildProcess;
  readonly #options: FlowProcessOptions;
  readonly #channel: Channel | undefined;
  readonly #output: Printed | undefined;
  readonly #errors: Printed | undefined;
  readonly #deadlines: Deadlines;
  /** By entrypoint; resolves when its code is there, or cannot be. */
  readonly #loads = new Map<string, PromiseWithResolvers<void>>();
  readonly #timers = new Set<Timer>();
  readonly #hooks = new Map<string, readonly string[]>();
  #files: Extract<FromFlowProcess, { type: 'loaded' }>['files'] | undefined;
  #checked = false;
  #lastPong = performance.now();
  #free: PromiseWithResolvers<{ rssMb: number }> | undefined;
  #end: Timer | undefined;

  /** Whether the SDK's program runs. */
  isReady = false;
  /** Whether some code could not be loaded: it is of no use to others. */
  isUnloadable = false;
  /** Whether it ended before its run began, because its code was changed as it was loaded. */
  stale = false;
  /** Whether it may have given its lease back, and has something to do still. */
  isLeaving = false;
  /** State in which the run's work in this process ended, when it told so. */
  finished: string | undefined;
  /** Why it ends, in its own words or in those of the system. */
  failure: string | undefined;
  /** Where its code called for its end. */
  exitCall: string | undefined;
  killed: Killed | undefined;
  /** How many loads of code are under way. */
  loading = 0;
  /** How many runs it was given. */
  runs = 0;
  /** Called when its run does nothing but wait, after it was told to drain. */
  onAsleep = (): void => {};

  constructor(options: FlowProcessOptions) {
    const { program, heapMb, cache, env, guard, onNote } = options;
    this.#options = options;
    const flags = [...nodeFlags(program), ...(heapMb ? [`--max-old-space-size=${heapMb}`] : [])];
    this.#child = spawn(process.execPath, [...flags, program], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...env, NODE_COMPILE_CACHE: cache },
    });
    const { pid, stdout, stderr } = this.#child;
    if (pid !== undefined) guard.watch(pid);
    if (stdout) this.#output = new Printed(stdout, process.stdout);
    if (stderr) this.#errors = new Printed(stderr, process.stderr);
    this.#deadlines = new Deadlines(options.graceSeconds, (overdue) => this.#killFor({ ...overdue, why: 'overdue' }));
    const line = this.#child.stdio?.[CHANNEL_FD] as Duplex | null | undefined;
    const onForeign = () => onNote(`Flow process ${pid}: something wrote to the line to its worker, and it was not read.`);
    if (line) this.#channel = openChannel(line, (message) => this.#hear(message), onForeign);
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => void this.#heardAll().then(() => resolve({ code, signal })));
      this.#child.once('error', (error) => {
        this.failure ??= error.message;
        resolve({ code: null, signal: null });
      });
    });
    void this.exited.then(() => this.#forgetTimers());
    void this.#channel?.closed.then(() => this.#later(HEAR_MS, () => this.#killFor({ why: 'silent' })));
  }

  #hear(message: FromFlowProcess): void {
    switch (message.type) {
      case 'ready':
        this.isReady = true;
        break;
      case 'loaded':
        this.#files = message.files;
        this.#loads.get(message.entrypoint)?.resolve();
        break;
      case 'hooks':
        this.#hooks.set(message.entrypoint, message.state_types);
        break;
      case 'unloadable':
        this.isUnloadable = true;
        this.#loads.get(message.entrypoint)?.resolve();
        break;
      case 'stale':
        this.stale = true;
        break;
      case 'deadline':
        this.#deadlines.set(message.id, message);
        break;
      case 'asleep':
        this.onAsleep();
        break;
      case 'leaving':
        this.isLeaving = message.is_leaving;
        break;
      case 'finished':
        this.finished = message.state_type;
        this.#deadlines.clear();
        this.rest();
        // Nothing but its hooks is left for it to do, whatever it has running still.
        this.#end = this.#later(this.#options.graceSeconds * 1000, () => this.kill());
        break;
      case 'free':
        this.#end?.stop();
        this.#free?.resolve({ rssMb: message.rss_mb });
        break;
      case 'pong':
        this.#lastPong = performance.now();
        break;
      case 'dying':
        if (message.is_exit) this.exitCall = message.reason;
        else this.failure = message.reason;
        break;
    }
  }

  /** What a process said last may be read after its end, unless something that it left behind keeps the line open. */
  async #heardAll(): Promise<void> {
    await Promise.race([this.#channel?.closed, pause(HEAR_MS)]);
    const { stderr } = this.#child;
    if (this.finished === undefined && stderr && !stderr.readableEnded) await Promise.race([once(stderr, 'end').catch(() => {}), pause(HEAR_MS)]);
  }

  #later(ms: number, act: () => void): Timer | undefined {
    if (this.#isGone) return undefined;
    const timer = startTimer(ms, act);
    this.#timers.add(timer);
    return timer;
  }

  #forgetTimers(): void {
    for (const timer of this.#timers) timer.stop();
    this.#deadlines.clear();
  }

  get #isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What it printed and what it complained of, the last of it; once. */
  takePrinted(): string {
    return [this.#output?.take(), this.#errors?.take()].filter(Boolean).join('\n');
  }

  get complaints(): string {
    return this.#errors?.text ?? '';
  }

  /** Whether the code that was loaded is still the code on disk. A process that still loads it looks itself. */
  isFresh(): boolean {
    this.#checked = this.#files !== undefined;
    return !this.#isGone && !this.isUnloadable && (this.#files ?? []).every(([file, when]) => modified(file) === when);
  }

  /** Loads a flow's code, once for each entrypoint. Resolves when it is there or cannot be; failures show when the flow is run. */
  load(message: Extract<ToFlowProcess, { type: 'load' }>): Promise<void> {
    const known = this.#loads.get(message.entrypoint);
    if (known) return known.promise;
    const load = Promise.withResolvers<void>();
    this.#loads.set(message.entrypoint, load);
    this.send(message);
    const deadline = this.#later(this.#options.startSeconds * 1000, () => this.#killFor({ why: 'start' }));
    this.loading++;
    void load.promise.then(() => {
      this.loading--;
      deadline?.stop();
    });
    return load.promise;
  }

  /** Types of states for which the flow has hooks; none before its code is there. */
  hooksOf(entrypoint: string): readonly string[] {
    return this.#hooks.get(entrypoint) ?? [];
  }

  send(message: ToFlowProcess): void {
    this.#channel?.send(message);
  }

  /** Gives it a run. Resolves with its end, or with its memory when it was told to stay and has completed the run. */
  async run(message: Omit<Extract<ToFlowProcess, { type: 'run' }>, 'checked'>): Promise<Exit | { readonly rssMb: number }> {
    this.runs++;
    this.finished = undefined;
    this.isLeaving = false;
    const free = Promise.withResolvers<{ rssMb: number }>();
    this.#free = free;
    this.send({ ...message, checked: this.#checked });
    this.#lastPong = performance.now();
    const pings = setInterval(() => this.send({ type: 'ping' }), PING_MS).unref();
    try {
      return await Promise.race([this.exited, free.promise]);
    } finally {
      clearInterval(pings);
    }
  }

  /** Has it call the hooks of a run's end, in the grace time, and resolves with its own end. */
  callHooks(message: Extract<ToFlowProcess, { type: 'call-hooks' }>): Promise<Exit> {
    this.send(message);
    this.#later(this.#options.graceSeconds * 1000, () => this.#killFor({ why: 'late' }));
    return this.exited;
  }

  /** Seconds since the main thread last answered, when that is longer than two pings. */
  stalledSeconds(): number | undefined {
    const silent = performance.now() - this.#lastPong;
    return silent > 2 * PING_MS ? silent / 1000 : undefined;
  }

  /** The lease lives until then: the guard waits for it. */
  prolong(deadlineMs: number): void {
    if (this.pid !== undefined) this.#options.guard.prolong(this.pid, deadlineMs);
  }

  /** It holds no lease: it lives as long as its worker. */
  rest(): void {
    if (this.pid !== undefined) this.#options.guard.watch(this.pid);
  }

  #killFor(killed: Killed): void {
    this.killed ??= killed;
    this.kill();
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
    if (this.pid !== undefined) this.#options.guard.forget(this.pid);
    // Something that left the group may keep them open, and this process with them.
    for (const output of [this.#child.stdout, this.#child.stderr] as (Readable | null)[]) output?.destroy();
  }
}

function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}
