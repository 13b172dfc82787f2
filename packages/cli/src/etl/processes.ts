import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { readServerFile } from '@sluice/server';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const START_MS = 60_000;
const LOOK_MS = 20;

/** A `sluice` command in the background, in a session of its own, writing to a log file. */
export interface Background {
  readonly pid: number;
  readonly log: string;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<void>;
  kill(): void;
  /** From now on this process may end before it. */
  leave(): void;
}

export function startBackground(
  home: string,
  name: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Background & { readonly exited: Promise<string> } {
  const folder = join(home, 'logs');
  mkdirSync(folder, { recursive: true });
  const log = join(folder, `${name}.log`);
  const file = openSync(log, 'a');
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...args], { detached: true, stdio: ['ignore', file, file], env });
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once('error', (error) => resolve(messageOf(error)));
  });
  return {
    pid: child.pid ?? -1,
    log,
    exited,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
    kill: () => {
      child.kill('SIGKILL');
    },
    leave: () => child.unref(),
  };
}

export interface RunningServer {
  readonly url: string;
  /** Undefined when the server was there before. */
  readonly background: Pick<Background, 'stop' | 'leave'> | undefined;
}

/** The home's server: the one that runs there already, or one that is started now on `port` or the next free one, and again when it dies. */
export async function startOrFindServer(home: string, port: number, env: NodeJS.ProcessEnv): Promise<RunningServer> {
  const running = await readServerFile(home);
  if (running?.url) return { url: running.url, background: undefined };
  const start = (on: number) => startBackground(home, 'server', ['server', 'start', '--port', String(on), '--next-free-port'], env);
  let current = start(port);
  const url = await whenReady(home, current);
  let left = false;
  const keep = () => {
    void current.exited.then(() => {
      if (left) return;
      current = start(Number(new URL(url).port));
      keep();
    });
  };
  keep();
  return {
    url,
    background: {
      stop: async () => {
        left = true;
        await current.stop();
      },
      leave: () => {
        left = true;
        current.leave();
      },
    },
  };
}

async function whenReady(home: string, background: Background & { readonly exited: Promise<string> }): Promise<string> {
  let ended: string | undefined;
  void background.exited.then((how) => {
    ended = how;
  });
  for (let waited = 0; waited < START_MS && ended === undefined; waited += LOOK_MS) {
    const file = await readServerFile(home);
    if (file?.pid === background.pid && file.url) return file.url;
    await pause(LOOK_MS);
  }
  throw new SluiceError('API_UNREACHABLE', `The server did not start${ended ? `: it ended with ${ended}` : ''}.`, {
    hint: `Its log says why: ${background.log}`,
  });
}
