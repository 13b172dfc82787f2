import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { programBeside } from '@sluice/core/process/programs';

/** What a guard is told, one JSON line each: kill this process group after the deadline, or watch it no longer. */
export interface GuardLine {
  readonly pid: number;
  /** Milliseconds of the monotonic clock; null when the group has ended. */
  readonly deadline_ms: number | null;
}

/** The end of time: a process without a lease is only watched for the worker's end. */
const NEVER = Number.MAX_SAFE_INTEGER;

const AGAIN_MS = 500;

/** Ends the process groups of this worker's runs when the worker cannot. When the guard itself dies, another takes its place. */
export class Guard {
  readonly #deadlines = new Map<number, number>();
  #child: ChildProcess;
  #closed = false;

  constructor() {
    this.#child = this.#start();
  }

  /** From now on the group dies with the worker. */
  watch(pid: number): void {
    this.prolong(pid, NEVER);
  }

  /** The group may live until this time, and dies then unless it is prolonged again. */
  prolong(pid: number, deadlineMs: number): void {
    this.#deadlines.set(pid, deadlineMs);
    this.#tell(pid, deadlineMs);
  }

  forget(pid: number): void {
    this.#deadlines.delete(pid);
    this.#tell(pid, null);
  }

  close(): void {
    this.#closed = true;
    this.#child.stdin?.end();
  }

  #tell(pid: number, deadlineMs: number | null): void {
    const line: GuardLine = { pid, deadline_ms: deadlineMs === null ? null : Math.floor(deadlineMs) };
    this.#child.stdin?.write(`${JSON.stringify(line)}\n`);
  }

  #replace(): void {
    if (this.#closed) return;
    this.#child = this.#start();
    for (const [pid, deadline] of this.#deadlines) this.#tell(pid, deadline);
  }

  #start(): ChildProcess {
    const program = fileURLToPath(programBeside('./program', import.meta.url));
    const child = spawn(process.execPath, ['--max-old-space-size=32', program], { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin?.on('error', () => {});
    const started = performance.now();
    // One that cannot be started, since its files are missing while they are installed, is tried again, and not without a rest.
    const again = () => setTimeout(() => this.#replace(), Math.min(AGAIN_MS, Math.max(0, started + AGAIN_MS - performance.now()))).unref();
    child.once('exit', again);
    child.once('error', again);
    child.unref();
    return child;
  }
}
