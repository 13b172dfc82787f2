import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '@sluice/core/process/programs';
import { isRunning } from '@sluice/home/processes';
import type { WorkerOptions } from '@sluice/worker';
import { type Lab, workerOptions } from './lab.ts';

export const WORKER_PROGRAM = fileURLToPath(new URL('./worker-program.ts', import.meta.url));

export interface WorkerProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly name: string;
  /** Resolves with the exit code or the signal. */
  readonly exited: Promise<number | NodeJS.Signals>;
}

/** A worker in a process of its own, to be stopped and killed; resolves when it is online. */
export async function startWorkerProcess(lab: Lab, pool: string, options: Partial<WorkerOptions> & { name: string }): Promise<WorkerProcess> {
  const child = fork(WORKER_PROGRAM, [JSON.stringify({ ...workerOptions(lab, pool, options.name), ...options })], {
    execArgv: nodeFlags(WORKER_PROGRAM),
  });
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  await Promise.race([once(child, 'message'), exited.then((how) => Promise.reject(new Error(`the worker ended at once: ${how}`)))]);
  const stop = async () => {
    child.kill('SIGTERM');
    child.kill('SIGCONT');
    await exited;
  };
  return { child, pid: child.pid ?? 0, name: options.name, exited, [Symbol.asyncDispose]: stop };
}

const stat = (pid: number | string): string[] => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  } catch {
    return [];
  }
};

/** Living children of a process whose command line has this text. */
export function childrenOf(parent: number, text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(stat(name)[1]) === parent && isRunning(Number(name)))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}
