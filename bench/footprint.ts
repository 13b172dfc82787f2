import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { median, ms, print } from './support/figures.ts';
import { childrenOf, cpuSeconds } from './support/processes.ts';
import { end, ROOT, removeHome, startServer, startStack } from './support/stack.ts';

/** What stands around when nothing happens, and how long a start takes. */
const IDLE_SECONDS = 20;

const rssMb = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const first: number[] = [];
const again: number[] = [];
for (let round = 0; round < 3; round++) {
  const home = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  for (const list of [first, again, again]) {
    const { child, readyMs } = await startServer(home);
    list.push(readyMs);
    await end(child);
  }
  await removeHome(home);
}

await using stack = await startStack();
const workers = await stack.startWorkers(3);
await pause(3000);
const pids = [stack.serverPid, ...workers].flatMap((pid) => [pid, ...childrenOf(pid)]);
const before = pids.map(cpuSeconds).reduce((sum, seconds) => sum + seconds, 0);
await pause(IDLE_SECONDS * 1000);
const used = pids.map(cpuSeconds).reduce((sum, seconds) => sum + seconds, 0) - before;

const help = Array.from({ length: 10 }, () => {
  const started = performance.now();
  spawnSync(process.execPath, ['--conditions=@sluice/source', join(ROOT, 'packages/cli/src/main.ts'), '--help']);
  return performance.now() - started;
});
const bare = Array.from({ length: 10 }, () => {
  const started = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - started;
});
print('Footprint', [
  { what: 'server ready, the first time', measured: ms(median(first)), goal: '≤ 4 s' },
  { what: 'server ready, after', measured: ms(median(again)), goal: '≤ 2 s' },
  { what: 'server at rest, without PostgreSQL', measured: `${rssMb(stack.serverPid).toFixed(0)} MB`, goal: '≤ 200 MB' },
  { what: 'idle processor, server and 3 workers with PostgreSQL', measured: `${((used / IDLE_SECONDS) * 100).toFixed(1)} %`, goal: '≤ 2 %' },
  {
    what: 'sluice --help',
    measured: ms(median(help)),
    against: `bare node ${ms(median(bare))}`,
    ratio: (median(help) / median(bare)).toFixed(1),
    goal: '≤ 150 ms',
  },
]);
