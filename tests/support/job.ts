import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { nodeFlags } from '@sluice/core/process/programs';
import type { Report } from '@sluice/etl';
import { readServerFile } from '@sluice/server';
import { eventually } from './eventually.ts';
import { stretched } from './patience.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));

/** Seconds that a person would wait for are cut short; nothing else is other than it is. */
const impatient = () => ({
  SLUICE_SERVER_PORT: '0',
  SLUICE_LEASE_SECONDS: stretched(3),
  SLUICE_BEAT_SECONDS: '0.5',
  SLUICE_SWEEP_SECONDS: '0.5',
  SLUICE_RETRY_SECONDS: '0.5',
});

export interface Job {
  /** The job's report, exit code, and what it wrote to both outputs, when it has ended. */
  readonly ended: Promise<{ readonly report: Report | undefined; readonly code: number | null; readonly said: string; readonly told: string }>;
  readonly pid: number;
  stop(): void;
  /** Ctrl+C. */
  interrupt(): void;
}

/** Runs `sluice` as a user would, in a home of its own. */
export function sluice(home: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Job {
  const child = spawn(process.execPath, [...nodeFlags(MAIN), MAIN, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...impatient(), ...environment, SLUICE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]).then(([out, told, [code]]) => ({
    report: out.startsWith('{') ? (JSON.parse(out) as Report) : undefined,
    code: code as number | null,
    said: out,
    told,
  }));
  return { ended, pid: child.pid ?? 0, stop: () => child.kill('SIGTERM'), interrupt: () => child.kill('SIGINT') };
}

/** The home's server, as it is now: after a crash it is another one. */
export async function withServer<T>(home: string, work: (client: Client, pid: number) => Promise<T>): Promise<T> {
  const server = await readServerFile(home);
  if (!server?.url) throw new Error('The server is not up yet.');
  const client = createClient({ apiUrl: server.url, patienceSeconds: 0 });
  try {
    return await work(client, server.pid);
  } finally {
    await client.close();
  }
}

/** Before its first table a job starts server and workers, and fills its source. */
const SECONDS_TO_START = 60;

/** A run of a table that is in its process now, in a job that has begun. */
export const runningTable = (home: string): Promise<FlowRun> =>
  eventually(
    () =>
      withServer(home, async (client) => {
        const body = { flows: { name: { any_: ['process-table-etl'] } }, flow_runs: { state: { type: { any_: ['RUNNING' as const] } } } };
        const runs = await client.request('POST /flow_runs/filter', { body });
        const run = runs.find(({ infrastructure_pid }) => infrastructure_pid !== null);
        if (!run) throw new Error('No table is being loaded yet.');
        return run;
      }),
    SECONDS_TO_START,
  );
