import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { folderOfHome, openLog } from '@sluice/home/files';
import { readServerFile } from '@sluice/server';
import { SLUICE } from '../program/command-line.ts';

const START_MS = 60_000;
const LOOK_MS = 20;

/** A `sluice` command in the background, in a session of its own, writing to a log file. */
export interface Background {
  readonly pid: number;
  readonly log: string;
  /** Sends SIGTERM, once, and waits for the end. */
  stop(): Promise<void>;
  /** Asks a second time: it lets nothing finish. */
  endNow(): Promise<void>;
  /** From now on this process may end before it. */
  leave(): void;
}

export function startBackground(
  home: string,
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Background & { readonly exited: Promise<string> } {
  const folder = folderOfHome(home, 'logs');
  const log = join(folder, `${name}.log`);
  const file = openLog(log, 'append');
  const child: ChildProcess = spawn(process.execPath, [...SLUICE, ...args], { detached: true, stdio: ['ignore', file, file], env });
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once('error', (error) => resolve(messageOf(error)));
  });
  let asked = false;
  const stop = async () => {
    if (!asked) child.kill('SIGTERM');
    asked = true;
    await exited;
  };
  return {
    pid: child.pid ?? -1,
    log,
    exited,
    stop,
    endNow: async () => {
      const ended = stop();
      // Another signal: of two that are the same one may get lost.
      child.kill('SIGINT');
      await ended;
    },
    leave: () => child.unref(),
  };
}

export interface RunningServer {
  readonly url: string;
  /** From now on nobody starts it again, and this process may end before it. */
  leave(): void;
}

/** What is left to do at a second Ctrl+C, before this process ends: each program that was started is stopped, and nothing waited for. */
export type AtOnce = Set<() => Promise<void>>;

interface ServerToStart {
  readonly home: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly atOnce: AtOnce;
  /** Called with the process of the server, each time that one is started. */
  readonly onStarted: (pid: number) => Promise<void>;
}

/** The home's server: the one that runs there already, or one that is started now on `port` or the next free one, and again when it dies. */
export async function startOrFindServer({ home, port, env, signal, atOnce, onStarted }: ServerToStart): Promise<RunningServer> {
  const running = await readServerFile(home);
  if (running?.url) return { url: running.url, leave: () => {} };
  const start = (on: number) => startBackground(home, 'server', ['server', 'start', '--port', String(on), '--next-free-port'], env);
  let current = start(port);
  let left = false;
  const stop = () => current.stop();
  // It needs no second signal: it lets nothing finish, and its PostgreSQL must be stopped.
  atOnce.add(stop);
  await onStarted(current.pid);
  const url = await whenReady(home, current, signal).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  // From here on it is stopped by the last job of the home.
  atOnce.delete(stop);
  const keep = () => {
    void current.exited.then(async () => {
      if (left) return;
      current = start(Number(new URL(url).port));
      keep();
      await onStarted(current.pid);
    });
  };
  keep();
  return {
    url,
    leave: () => {
      left = true;
      current.leave();
    },
  };
}

async function whenReady(home: string, background: Background & { readonly exited: Promise<string> }, signal: AbortSignal): Promise<string> {
  let ended: string | undefined;
  void background.exited.then((how) => {
    ended = how;
  });
  for (let waited = 0; waited < START_MS && ended === undefined; waited += LOOK_MS) {
    const file = await readServerFile(home);
    if (file?.pid === background.pid && file.url) return file.url;
    await pause(LOOK_MS, undefined, { signal });
  }
  throw new SluiceError('API_UNREACHABLE', `The server did not start${ended ? `: it ended with ${ended}` : ''}.`, {
    hint: `Its log says why: ${background.log}`,
  });
}
