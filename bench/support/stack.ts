import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from '@sluice/client';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { nodeFlags } from '@sluice/core/process/programs';
import { type DeploymentConfig, deployFlow } from '@sluice/sdk';
import { readServerFile } from '@sluice/server';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const MAIN = join(ROOT, 'packages/cli/src/main.ts');
export const POOL = 'bench';

/** A server and workers as users run them: processes of their own, a home of their own. */
export interface Stack extends AsyncDisposable {
  readonly home: string;
  readonly client: Client;
  readonly serverPid: number;
  readonly readyMs: number;
  /** `root`: the folder of its project; the clone when left out. */
  deploy(config: DeploymentConfig, root?: string): Promise<string>;
  startWorkers(count: number): Promise<number[]>;
  /** Waits until a flow run has ended. A request for each state that it comes to, and none between: waiting must not take the processor from what is measured. */
  ended(id: string): Promise<FlowRun>;
}

const children = new Set<ChildProcess>();

export function sluice(home: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(process.execPath, [...nodeFlags(MAIN), MAIN, ...args], {
    env: { ...process.env, ...env, SLUICE_HOME: home },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

async function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Ends a process and waits for it. */
export async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await exited(child);
}

/** Removes a home and what PostgreSQL has elsewhere, as it does for root. */
export const removeHome = (home: string): Promise<void> => exited(sluice(home, ['reset', '--yes', '--force']));

/** Starts a server on a free port; `readyMs` is from the start of the process to its first answer. */
export async function startServer(home: string): Promise<{ child: ChildProcess; url: string; readyMs: number }> {
  const started = performance.now();
  const child = sluice(home, ['server', 'start', '--port', '0']);
  for (;;) {
    const file = await readServerFile(home);
    if (file && file.pid === child.pid && file.url) return { child, url: file.url, readyMs: performance.now() - started };
    if (child.exitCode !== null) throw new Error('the server ended');
    await pause(5);
  }
}

export async function startStack(): Promise<Stack> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const { child, url, readyMs } = await startServer(home);
  const client = createClient({ apiUrl: url });
  await client.request('POST /work_pools/', { body: { name: POOL } });
  const workers: ChildProcess[] = [];
  return {
    home,
    client,
    readyMs,
    serverPid: child.pid as number,
    deploy: async (config, root = ROOT) => (await deployFlow(client, config, { root, pool: POOL })).id,
    startWorkers: async (count) => {
      for (let index = 1; index <= count; index++)
        workers.push(sluice(home, ['worker', 'start', '--pool', POOL, '--name', `worker-${index}`, '--limit', '1'], { SLUICE_API_URL: url }));
      for (;;) {
        const online = await client.request('POST /work_pools/{name}/workers/filter', { params: { name: POOL }, body: {} });
        if (online.length >= count) break;
        await pause(20);
      }
      return workers.map(({ pid }) => pid as number);
    },
    ended: async (id) => {
      for (let run: FlowRun | undefined; ; ) {
        const since = run?.state_id ? { [id]: run.state_id } : {};
        const { flow_runs, done } = await client.request('POST /flow_runs/wait', { body: { ids: [id], since } });
        run = flow_runs[0] ?? run;
        if (done && run) return run;
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(workers.map(end));
      await client.close();
      await end(child);
      await removeHome(home);
    },
  };
}
