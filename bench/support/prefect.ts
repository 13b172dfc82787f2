import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './stack.ts';

/** The generations of Prefect that are measured beside ours. */
export const VERSIONS = ['2.13.7', '3.9.1'] as const;
export type Version = (typeof VERSIONS)[number];

export interface RealServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:4200/api`. */
  readonly url: string;
}

/** Says its server's URL, and stands until it is told to end. */
const STAND = ['sh', '-c', 'echo "$PREFECT_API_URL"; cat > /dev/null'];

/** Prefect's own server of a version, with its SQLite in a temporary home, as the kit starts it: installed the first time. */
export async function startPrefect(version: Version): Promise<RealServer> {
  const child = spawn('sh', [join(ROOT, 'tests/interop/with-real-server.sh'), version, '--', ...STAND], { stdio: ['pipe', 'pipe', 'inherit'] });
  const over = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    if (!line.startsWith('http')) continue;
    return {
      url: line,
      [Symbol.asyncDispose]: async () => {
        child.stdin.end();
        await over;
      },
    };
  }
  throw new Error(`Prefect’s server ${version} did not start`);
}

/** Python and the command of the packages of a version, where the kit installs them. */
export const venvOf = (version: Version): string =>
  process.env['INTEROP_VENV'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'interop', `venv-${version}`);
