import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { RunLimits, Wanted } from './run-limits.ts';

const EVERY_MS = 250;
const PAGE_BYTES = 4096;

/** Where the kernel lets us set nothing: memory is looked at four times a second, and processors are chosen for the process. */
export async function limitByWatching(pid: number, { memoryMb, cpu }: Wanted): Promise<RunLimits> {
  const memory = memoryMb === undefined ? undefined : limitMemoryByWatching(pid, memoryMb);
  const affinity = cpu === undefined ? undefined : await limitCpuByAffinity(pid, cpu);
  const parts = [memory && `memory ${memoryMb} MB by watching it (best effort)`, affinity];
  return {
    memoryMb,
    how: parts.filter(Boolean).join(', ') || 'nothing: a worker cannot set limits on this system',
    ranOutOfMemory: async () => memory?.killed() ?? false,
    watched: [],
    release: async () => memory?.stop(),
  };
}

/** Kills the process group when it uses more. What grows faster than it is looked at gets away with more for a moment. */
export function limitMemoryByWatching(pid: number, megabytes: number): { killed(): boolean; stop(): void } {
  let killed = false;
  const look = async () => {
    if ((await groupBytes(pid)) <= megabytes * 1024 * 1024) return;
    killed = true;
    stop();
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  const timer = setInterval(() => void look(), EVERY_MS).unref();
  const stop = () => clearInterval(timer);
  return { killed: () => killed, stop };
}

/** Memory that is resident for a process group, shared pages counted each time. */
async function groupBytes(group: number): Promise<number> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const sizes = await Promise.all(
    pids.map(async (pid) => {
      const fields = (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).split(') ')[1]?.split(' ');
      return Number(fields?.[2]) === group ? Number(fields?.[21]) * PAGE_BYTES : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

let next = 0;

/** Binds the process to as many processors as it may use, each run to the next ones. Says so; undefined where the system has no taskset. */
export function limitCpuByAffinity(pid: number, cpu: number): Promise<string | undefined> {
  const all = availableParallelism();
  const wanted = Math.min(all, Math.max(1, Math.ceil(cpu)));
  const chosen = Array.from({ length: wanted }, (_, index) => (next + index) % all);
  next = (next + wanted) % all;
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  execFile('taskset', ['--all-tasks', '--cpu-list', '--pid', chosen.join(','), String(pid)], (error) =>
    resolve(error ? undefined : `processors ${chosen.join(',')} by affinity (best effort)`),
  );
  return promise;
}
