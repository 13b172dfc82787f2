/*
 * The guard of a worker: a process of its own that does nothing else. It kills the process groups of flow runs when the worker is
 * gone, which ends its standard input, and those whose lease nobody has prolonged until the deadline, whatever the flow, or a
 * worker that was stopped, is doing meanwhile. Deadlines are of the monotonic clock, which all processes of a machine share.
 */
import type { GuardLine } from './guard.ts';

const CHECK_MS = 100;

const deadlines = new Map<number, number>();

function kill(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

let rest = '';
process.stdin
  .setEncoding('utf8')
  .on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { pid, deadline_ms } = JSON.parse(line) as GuardLine;
      if (deadline_ms === null) deadlines.delete(pid);
      else deadlines.set(pid, deadline_ms);
    }
  })
  .on('close', () => {
    for (const pid of deadlines.keys()) kill(pid);
    process.exit(0);
  });

setInterval(() => {
  const now = Number(process.hrtime.bigint() / 1_000_000n);
  for (const [pid, deadline] of deadlines) if (now > deadline) kill(pid);
}, CHECK_MS);

process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
