import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

interface LeftProcess {
  readonly pid: number;
  readonly command: string;
}

const read = (pid: number, what: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8');
  } catch {
    return '';
  }
};

const parentOf = (pid: number): number => Number(/^PPid:\s*(\d+)/m.exec(read(pid, 'status'))?.[1] ?? 1);

/** The processes above this one, itself included. */
function ownLine(): Set<number> {
  const line = new Set<number>();
  for (let pid = process.pid; pid > 1 && !line.has(pid); ) {
    line.add(pid);
    pid = parentOf(pid);
  }
  return line;
}

/**
 * Processes that have the folder in their command line or their environment, without this one and its children: those are the test
 * runner's own. Where the system has no /proc, nobody is found.
 */
function processesOf(folder: string): LeftProcess[] {
  const own = ownLine();
  let pids: number[] = [];
  try {
    pids = readdirSync('/proc').map(Number).filter(Boolean);
  } catch {
    return [];
  }
  return pids
    .filter((pid) => !own.has(pid) && parentOf(pid) !== process.pid && !/^State:\s*[ZX]/m.test(read(pid, 'status')))
    .filter((pid) => read(pid, 'cmdline').includes(folder) || read(pid, 'environ').includes(folder))
    .map((pid) => ({ pid, command: read(pid, 'cmdline').replaceAll('\0', ' ').trim() }));
}

const signal = (pid: number, name: NodeJS.Signals) => {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
};

const POLITE_MS = 10_000;

/**
 * Ends every process that was started with this temporary folder, and all that those have started: first by SIGTERM, so that a server
 * stops its PostgreSQL in order, then by SIGKILL. Returns the command lines of those that were there.
 */
export async function endLeftProcesses(folder: string, politeMs = POLITE_MS): Promise<string[]> {
  const left = processesOf(folder);
  for (const { pid } of left) signal(pid, 'SIGTERM');
  const until = Date.now() + politeMs;
  while (processesOf(folder).length > 0 && Date.now() < until) await pause(50);
  // One that is killed may have started another in that moment.
  for (let stubborn = processesOf(folder); stubborn.length > 0; stubborn = processesOf(folder)) {
    for (const { pid } of stubborn) signal(pid, 'SIGKILL');
    await pause(50);
  }
  return left.map(({ command }) => command);
}
