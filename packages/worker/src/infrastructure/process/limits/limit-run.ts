import { limitByCgroupV1 } from './cgroup-v1.ts';
import { limitByCgroupV2 } from './cgroup-v2.ts';
import type { Limiter, RunLimits, Wanted } from './run-limits.ts';
import { limitByWatching } from './watching.ts';

/** Puts a process under the limits of its deployment; undefined when it asks for none. */
export type LimitRun = (pid: number | undefined, wanted: Wanted) => Promise<RunLimits | undefined>;

/**
 * The kernel's limits first; what it does not let us set is watched instead, as well as that goes. The first time `onNote` is told
 * why: whoever runs the worker may have meant to give it control groups.
 */
export function createRunLimiter(
  onNote: (message: string) => void,
  limiters: readonly Limiter[] = [limitByCgroupV2(), limitByCgroupV1(), limitByWatching],
): LimitRun {
  let isTold = false;
  return async (pid, wanted) => {
    if (pid === undefined || (wanted.memoryMb === undefined && wanted.cpu === undefined)) return undefined;
    const reasons: string[] = [];
    for (const limiter of limiters) {
      const limits = await limiter(pid, wanted);
      if (typeof limits === 'string') {
        reasons.push(limits);
        continue;
      }
      if (limits.watched && !isTold) {
        isTold = true;
        onNote(`Limits of flow runs are kept by watching their processes, not by the kernel. ${[...reasons, ...limits.watched].join('; ')}.`);
      }
      return limits;
    }
    return undefined;
  };
}
