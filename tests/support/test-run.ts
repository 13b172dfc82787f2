import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftProcesses } from './left-processes.ts';
import { PATIENCE } from './patience.ts';

/** A bare Node process on a quiet machine of two cores, median of many. */
const QUIET_START_MS = 45;
const ROUNDS = 7;

async function startMs(): Promise<number> {
  const begin = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - begin;
}

/** Two at once, as two test files are. */
async function measurePatience(): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(Math.max(...(await Promise.all([startMs(), startMs()]))));
  const median = rounds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  return Math.max(1, Math.round((median / QUIET_START_MS) * 10) / 10);
}

/** Before all tests: how slow the machine is. After them: whatever a failed test has left running is ended, and its files are removed. */
export default async function setup(): Promise<() => Promise<void>> {
  process.env[PATIENCE] ??= String(await measurePatience());
  const before = process.env['TMPDIR'];
  const folder = await mkdtemp(join(tmpdir(), 'sluice-run-'));
  await chmod(folder, 0o755); // as root PostgreSQL runs as another user, who must get in
  process.env['TMPDIR'] = folder;
  console.log(`Limits of tests are ${process.env[PATIENCE]} times those of a quiet machine (${PATIENCE}).`);
  return async () => {
    const left = await endLeftProcesses(folder);
    for (const process of left) console.log(`Left by a test, ended: ${process}`);
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
}
