import { limitByCgroupV1 } from './cgroup-v1.ts';
import { limitByCgroupV2 } from './cgroup-v2.ts';
import type { Limiter, RunLimits, Wanted } from './run-limits.ts';
import { limitByWatching } from './watching.ts';

/** The kernel's limits first; what it does not let us set is watched instead, as well as that goes. */
const LIMITERS: readonly Limiter[] = [limitByCgroupV2(), limitByCgroupV1(), limitByWatching];

/** Puts a process under the limits of its deployment; undefined when it asks for none. */
export async function limitRun(pid: number | undefined, wanted: Wanted): Promise<RunLimits | undefined> {
  if (pid === undefined || (wanted.memoryMb === undefined && wanted.cpu === undefined)) return undefined;
  for (const limiter of LIMITERS) {
    const limits = await limiter(pid, wanted);
    if (limits) return limits;
  }
  return undefined;
}
