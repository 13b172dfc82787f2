import { readdirSync, readFileSync } from 'node:fs';

const TICKS = 100;

/** Processor seconds of a process. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** The processes that a process has started, and theirs. */
export function childrenOf(pid: number): number[] {
  const own = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  return own.flatMap((child) => [child, ...childrenOf(child)]);
}

/** Nothing of a process that has ended since it was seen: its parent has its times. */
function statOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  } catch {
    return [];
  }
}

/** Processor seconds of these processes, and of those of theirs that have ended. */
export function cpuSecondsWithEnded(pids: Iterable<number>): number {
  let ticks = 0;
  for (const pid of pids)
    ticks += statOf(pid)
      .slice(11, 15)
      .reduce((sum, field) => sum + Number(field), 0);
  return ticks / TICKS;
}

/** Processes that were started for a home. */
export function processesOf(home: string): number[] {
  const isOfHome = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`SLUICE_HOME=${home}`);
    } catch {
      return false;
    }
  };
  const own = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOfHome(name));
  return own.map(Number);
}
