import { messageOf } from '@sluice/core/errors/sluice-error';
import type { CgroupFolder } from './cgroup-folder.ts';
import { makeCgroup, ownGroup } from './cgroup-folder.ts';
import type { Limiter, Wanted } from './run-limits.ts';
import { limitCpuByAffinity, limitMemoryByWatching } from './watching.ts';

const PERIOD_US = 100_000;

/** Groups of version 1, where this process may write to them. Each controller has a hierarchy of its own; one that is closed is watched instead. */
export const limitByCgroupV1 =
  (root = '/sys/fs/cgroup'): Limiter =>
  async (pid, { memoryMb, cpu }: Wanted) => {
    const closed: string[] = [];
    const open = async (controller: string, set: (group: CgroupFolder) => Promise<void>) => {
      const group = await tryGroup(root, controller, pid, set);
      if (typeof group !== 'string') return group;
      closed.push(`cgroup v1, ${controller}: ${group}`);
      return undefined;
    };
    const memory = memoryMb === undefined ? undefined : await open('memory', (group) => setMemory(group, memoryMb));
    const processor = cpu === undefined ? undefined : await open('cpu', (group) => setCpu(group, cpu));
    if (!memory && !processor) return closed.join('; ');
    const watched = memoryMb !== undefined && !memory ? limitMemoryByWatching(pid, memoryMb) : undefined;
    const affinity = cpu !== undefined && !processor ? await limitCpuByAffinity(pid, cpu) : undefined;
    const holders = [
      memory && `memory ${memoryMb} MB by cgroup v1`,
      processor && `${cpu} processors by cgroup v1`,
      watched && `memory ${memoryMb} MB by watching it (best effort)`,
      affinity,
    ];
    return {
      memoryMb,
      how: holders.filter(Boolean).join(', '),
      ...(closed.length > 0 && { watched: closed }),
      ranOutOfMemory: async () =>
        watched ? watched.killed() : memory !== undefined && /oom_kill [1-9]/.test(await memory.read('memory.oom_control')),
      release: async () => {
        watched?.stop();
        await Promise.all([memory?.remove(), processor?.remove()]);
      },
    };
  };

async function tryGroup(root: string, controller: string, pid: number, set: (group: CgroupFolder) => Promise<void>): Promise<CgroupFolder | string> {
  const own = await ownGroup(controller);
  if (own === undefined) return 'there is no such hierarchy';
  let group: CgroupFolder | undefined;
  try {
    group = await makeCgroup(`${root}/${controller}${own === '/' ? '' : own}`);
    await set(group);
    await group.write('cgroup.procs', pid);
    return group;
  } catch (error) {
    await group?.remove();
    return messageOf(error);
  }
}

async function setMemory(group: CgroupFolder, megabytes: number): Promise<void> {
  await group.write('memory.limit_in_bytes', megabytes * 1024 * 1024);
  // Without this a group that is full goes on in swap space; kernels that do not count swap have no such file.
  await group.write('memory.memsw.limit_in_bytes', megabytes * 1024 * 1024).catch(() => {});
}

async function setCpu(group: CgroupFolder, cpu: number): Promise<void> {
  await group.write('cpu.cfs_period_us', PERIOD_US);
  await group.write('cpu.cfs_quota_us', Math.round(cpu * PERIOD_US));
}
