import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CODE_VARIABLE } from '@sluice/core/process/claim-code';
import { claimEnvironment, type OwnClaim } from '@sluice/core/process/claim-environment';
import { nodeFlags } from '@sluice/core/process/programs';
import type { EndedProcess, Exit } from '../how-it-ended.ts';
import type { Code } from '../job.ts';
import { pause } from '../pause.ts';
import { killedForMemory } from './out-of-memory.ts';
import type { PrintedLines } from './printed-lines.ts';

/** What is for the run: to stop, to go when it only waits, and to ask the server at once what has become of it. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGUSR2', 'SIGCONT'] as const;
/** What it printed last may be read after its end, unless something that it left behind keeps the line open. */
const HEAR_MS = 1000;

export interface Ended extends Pick<EndedProcess, 'code' | 'signal' | 'complaints' | 'ranOutOfMemory'> {
  /** It was asked to stop before it could hear that, and ended by it. */
  readonly isStopped: boolean;
}

/**
 * Runs the SDK's program of the project, so that engine and flows share one, as a child in a group of its own: as process 1 of a container
 * it could not end itself.
 */
export async function runProgram(claim: OwnClaim, { path, entrypoint, heapMb }: Code, printed: PrintedLines): Promise<Ended> {
  const program = createRequire(join(path, 'package.json')).resolve('@sluice/sdk/run-claim');
  const { [CODE_VARIABLE]: _, ...env } = process.env;
  const before = await killedForMemory();
  const child = spawn(process.execPath, [...nodeFlags(program), ...(heapMb ? [`--max-old-space-size=${heapMb}`] : []), program], {
    cwd: path,
    detached: true,
    env: { ...env, ...claimEnvironment({ ...claim, path, entrypoint }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  killFirst(child.pid);
  printed.follow(child.stdout, 'stdout');
  printed.follow(child.stderr, 'stderr');
  const passed = new Set<NodeJS.Signals>();
  const onSignal = (signal: NodeJS.Signals) => {
    passed.add(signal);
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const closed = once(child, 'close');
  const exit = await new Promise<Exit>((resolve, reject) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', reject);
  });
  for (const signal of SIGNALS) process.off(signal, onSignal);
  endGroup(child.pid);
  await Promise.race([closed, pause(HEAR_MS)]);
  const isStopped = exit.signal !== null && passed.has(exit.signal);
  return { ...exit, isStopped, complaints: printed.complaints, ranOutOfMemory: (await killedForMemory()) > before };
}

/** When the container wants more memory than it may have, this program is to be left to say so. */
function killFirst(pid: number | undefined): void {
  if (process.pid !== 1 || pid === undefined) return;
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '900');
  } catch {
    // Then the kernel chooses by itself, and mostly the same.
  }
}

/** What the process has started, and left behind. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}
