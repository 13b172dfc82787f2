import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '@sluice/core/errors/sluice-error';
import { type CgroupFolder, makeCgroup, ownGroup } from './cgroup-folder.ts';
import type { Limiter, Wanted } from './run-limits.ts';

const PERIOD_US = 100_000;
/** Where the processes of all workers of a service go; the groups of runs stand beside it. */
const LEAF = 'sluice-worker';
const TRIES = 20;
const PAUSE_MS = 25;

/** Writes to a file of a group: the kernel answers at once, with an error or by having done it. */
type Write = (file: string, text: string) => Promise<void>;

/** The group of version 2 that was delegated to this process, as systemd does with `Delegate=yes`. */
export function limitByCgroupV2(root = '/sys/fs/cgroup', procFile = '/proc/self/cgroup', write: Write = writeFile): Limiter {
  // Found once: from then on this process is in the leaf below it.
  let prepared: Promise<string> | undefined;
  return async (pid, wanted) => {
    let group: CgroupFolder | undefined;
    try {
      prepared ??= prepare(root, procFile, write);
      const made = await makeCgroup(await prepared);
      group = made;
      await setLimits(made, wanted);
      await made.write('cgroup.procs', pid);
      const { memoryMb, cpu } = wanted;
      const parts = [memoryMb !== undefined && `memory ${memoryMb} MB`, cpu !== undefined && `${cpu} processors`];
      return {
        memoryMb,
        how: `${parts.filter(Boolean).join(', ')} by cgroup v2`,
        ranOutOfMemory: async () => memoryMb !== undefined && /oom_kill [1-9]/.test(await made.read('memory.events')),
        release: () => made.remove(),
      };
    } catch (error) {
      await group?.remove();
      return `cgroup v2: ${messageOf(error)}`;
    }
  };
}

async function setLimits(group: CgroupFolder, { memoryMb, cpu }: Wanted): Promise<void> {
  if (memoryMb !== undefined) {
    await group.write('memory.max', memoryMb * 1024 * 1024);
    await group.write('memory.swap.max', 0).catch(() => {});
    await group.write('memory.oom.group', 1).catch(() => {});
  }
  if (cpu !== undefined) await group.write('cpu.max', `${Math.round(cpu * PERIOD_US)} ${PERIOD_US}`);
}

/**
 * The folder whose groups may hold limits. It may hold no processes itself: all that are in it, this one, its guard, processes that
 * stand ready and a supervisor with its other workers, move into a leaf below, and again when one was started there meanwhile.
 */
async function prepare(root: string, procFile: string, write: Write): Promise<string> {
  const own = await ownGroup('', procFile);
  if (own === undefined) throw new Error('this process is not in a group');
  // Another worker of the service may have moved this one.
  const base = `${root}${own.endsWith(`/${LEAF}`) ? own.slice(0, -LEAF.length - 1) : own === '/' ? '' : own}`;
  if (base.endsWith('.scope')) throw new Error('this is the scope of a session or a terminal, not a service');
  const controllers = (await readFile(`${base}/cgroup.controllers`, 'utf8')).trim().split(' ');
  if (!controllers.includes('memory') || !controllers.includes('cpu')) {
    throw new Error('the controllers memory and cpu are not delegated to this group');
  }
  for (let tries = 1; ; tries++) {
    try {
      await write(`${base}/cgroup.subtree_control`, '+memory +cpu');
      return base;
    } catch (error) {
      if (codeOf(error) !== 'EBUSY' || tries === TRIES) throw error;
    }
    if (tries > 1) await pause(PAUSE_MS);
    await moveProcesses(base, write);
  }
}

async function moveProcesses(base: string, write: Write): Promise<void> {
  await mkdir(`${base}/${LEAF}`, { recursive: true });
  const pids = (await readFile(`${base}/cgroup.procs`, 'utf8')).split('\n').filter(Boolean);
  for (const pid of pids) {
    await write(`${base}/${LEAF}/cgroup.procs`, pid).catch((error) => {
      if (codeOf(error) !== 'ESRCH') throw error; // it has ended by itself
    });
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;
