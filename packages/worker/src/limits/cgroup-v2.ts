import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { makeCgroup, ownGroup } from './cgroup-folder.ts';
import type { Limiter } from './run-limits.ts';

const PERIOD_US = 100_000;

/** Folders whose groups may hold limits, by the group of this process. */
const prepared = new Map<string, Promise<string | undefined>>();

/** The group of version 2 that was delegated to this process, as systemd does with `Delegate=yes`. */
export const limitByCgroupV2 =
  (root = '/sys/fs/cgroup', procFile = '/proc/self/cgroup'): Limiter =>
  async (pid, { memoryMb, cpu }) => {
    const own = await ownGroup('', procFile);
    if (own === undefined) return undefined;
    const base = `${root}${own === '/' ? '' : own}`;
    if (!prepared.has(base)) prepared.set(base, prepare(base));
    const parent = await prepared.get(base);
    if (parent === undefined) return undefined;
    const group = await makeCgroup(parent);
    try {
      if (memoryMb !== undefined) {
        await group.write('memory.max', memoryMb * 1024 * 1024);
        await group.write('memory.swap.max', 0).catch(() => {});
        await group.write('memory.oom.group', 1).catch(() => {});
      }
      if (cpu !== undefined) await group.write('cpu.max', `${Math.round(cpu * PERIOD_US)} ${PERIOD_US}`);
      await group.write('cgroup.procs', pid);
    } catch {
      await group.remove();
      return undefined;
    }
    const parts = [memoryMb !== undefined && `memory ${memoryMb} MB`, cpu !== undefined && `${cpu} processors`];
    return {
      memoryMb,
      how: `${parts.filter(Boolean).join(', ')} by cgroup v2`,
      ranOutOfMemory: async () => memoryMb !== undefined && /oom_kill [1-9]/.test(await group.read('memory.events')),
      release: () => group.remove(),
    };
  };

/** A group that holds limits for others may hold no processes itself: this one moves into a group of its own below. */
async function prepare(base: string): Promise<string | undefined> {
  try {
    const controllers = (await readFile(`${base}/cgroup.controllers`, 'utf8')).trim().split(' ');
    if (!controllers.includes('memory') || !controllers.includes('cpu')) return undefined;
    const leaf = `${base}/sluice-worker-${process.pid}`;
    await mkdir(leaf, { recursive: true });
    await writeFile(`${leaf}/cgroup.procs`, String(process.pid));
    await writeFile(`${base}/cgroup.subtree_control`, '+memory +cpu');
    return base;
  } catch {
    return undefined;
  }
}
