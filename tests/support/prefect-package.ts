import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

/* Prefect's own package for Python, of the version that the kit of `tests/interop` pins: its server, its worker, its flows. */

const VERSION = '3.9.1';
const INTEROP = fileURLToPath(new URL('../interop', import.meta.url));

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the package's programs. */
    readonly prefect: string;
  }
}

/** Installs a version of the package, once, and tells the folder of its programs. */
export function installPrefect(version: typeof VERSION | '2.13.7'): string {
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'interop', `venv-${version}`);
  execFileSync('sh', [join(INTEROP, 'install.sh'), version, folder], { stdio: ['ignore', 'inherit', 'inherit'] });
  return join(folder, 'bin');
}

/** Once for all tests. */
export default function setup({ provide }: TestProject): void {
  provide('prefect', installPrefect(VERSION));
}

export interface PrefectServer {
  /** With `/api`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Prefect's own server, with a home of its own; it asks for an auth string when there is one. */
export async function startPrefectServer(authString = ''): Promise<PrefectServer> {
  const child = spawn('sh', [join(INTEROP, 'with-real-server.sh'), VERSION, '--', 'sh', '-c', 'echo "$PREFECT_API_URL"; cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...(authString && { PREFECT_SERVER_API_AUTH_STRING: authString }) },
  });
  const exited = once(child, 'exit');
  for await (const url of createInterface(child.stdout)) {
    return {
      url,
      stop: async () => {
        child.stdin.end(); // it ends with the command that it was started for
        await exited;
      },
    };
  }
  throw new Error('The server of Prefect did not come up.');
}
