import { readFile } from 'node:fs/promises';

/** The counts of a container's own control group: version 2, and version 1. */
const FILES = ['/sys/fs/cgroup/memory.events', '/sys/fs/cgroup/memory/memory.oom_control'];

/** How many processes of this container the kernel has killed because it wanted more memory than it may have; 0 where nobody can tell. */
export async function killedForMemory(files: readonly string[] = FILES): Promise<number> {
  for (const file of files) {
    const count = /^oom_kill (\d+)$/m.exec(await readFile(file, 'utf8').catch(() => ''))?.[1];
    if (count !== undefined) return Number(count);
  }
  return 0;
}
