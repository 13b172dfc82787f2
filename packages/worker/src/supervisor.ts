import { type ChildProcess, spawn } from 'node:child_process';
import { pause } from './pause.ts';

export interface SupervisorEvents {
  readonly onStarted: (name: string, pid: number) => void;
  readonly onDied: (name: string, how: string, againInMs: number) => void;
}

export interface Supervisor {
  /** Resolves when all workers have ended. */
  readonly ended: Promise<void>;
  /** Lets all workers drain. */
  stop(): void;
  /** Ends all workers and their runs at once. */
  kill(): void;
  readonly pids: ReadonlyMap<string, number>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A worker that lived so long was well: its next death is a new story. */
const WELL_MS = 60_000;

const ENDED_WELL = 'exit code 0';

/**
 * Runs a program once for each name and starts those that die again, after a pause that doubles while they keep dying. `endsByItself`: one
 * that has ended well has done its work.
 */
export function superviseWorkers(
  names: readonly string[],
  command: (name: string) => { program: string; args: string[]; stdio?: 'inherit' | number },
  events: SupervisorEvents,
  { endsByItself = false } = {},
): Supervisor {
  const children = new Map<string, ChildProcess>();
  const stopping = new AbortController();
  const pids = new Map<string, number>();

  async function keep(name: string): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; !stopping.signal.aborted; ) {
      const started = performance.now();
      const how = await runOnce(name);
      if (stopping.signal.aborted || (endsByItself && how === ENDED_WELL)) return;
      if (performance.now() - started > WELL_MS) pauseMs = FIRST_PAUSE_MS;
      events.onDied(name, how, pauseMs);
      await pause(pauseMs, stopping.signal);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  function runOnce(name: string): Promise<string> {
    const { program, args, stdio = 'inherit' } = command(name);
    // A session of its own: a terminal's Ctrl+C reaches the supervisor, which tells its workers.
    const child = spawn(program, args, { stdio: ['ignore', stdio, stdio, 'ipc'], detached: true });
    children.set(name, child);
    if (child.pid !== undefined) {
      pids.set(name, child.pid);
      events.onStarted(name, child.pid);
    }
    return new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      child.once('error', (error) => resolve(error.message));
    });
  }

  const signalAll = (signal: NodeJS.Signals) => {
    stopping.abort();
    for (const child of children.values()) if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  };
  return { ended: Promise.all(names.map(keep)).then(() => {}), stop: () => signalAll('SIGTERM'), kill: () => signalAll('SIGKILL'), pids };
}
