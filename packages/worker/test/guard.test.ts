import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { monotonicMs } from '@sluice/client';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { childrenOf } from '../../../tests/support/worker-process.ts';
import { Guard } from '../src/infrastructure/process/guard/guard.ts';

const sleepers: ChildProcess[] = [];

/** A process group of two that does nothing. */
function startSleeper(): { pid: number; exited: Promise<unknown[]> } {
  const child = spawn('sh', ['-c', 'sleep 600 & wait'], { detached: true, stdio: 'ignore' });
  sleepers.push(child);
  return { pid: child.pid ?? 0, exited: once(child, 'exit') };
}
const guards = () => childrenOf(process.pid, 'guard/program.ts');

afterEach(() => {
  for (const { pid, exitCode, signalCode } of sleepers.splice(0)) if (pid && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
});

test('a group lives until its deadline, and dies then though nobody says a word', async () => {
  const guard = new Guard();
  const [late, watched] = [startSleeper(), startSleeper()];
  guard.watch(watched.pid);
  guard.prolong(late.pid, monotonicMs() + 50);
  expect(await late.exited).toEqual([null, 'SIGKILL']);
  expect(childrenOf(watched.pid, 'sleep')).toHaveLength(1);
  guard.close();
  expect(await watched.exited).toEqual([null, 'SIGKILL']);
});

test('all groups die with the worker, which closes the line; one that is forgotten lives on', async () => {
  const guard = new Guard();
  const [kept, forgotten] = [startSleeper(), startSleeper()];
  guard.watch(kept.pid);
  guard.watch(forgotten.pid);
  guard.forget(forgotten.pid);
  guard.close();
  await kept.exited;
  expect(childrenOf(forgotten.pid, 'sleep')).toHaveLength(1);
});

test('a guard that is killed is replaced, and the new one knows what the old one knew', async () => {
  const guard = new Guard();
  const { pid, exited } = startSleeper();
  guard.prolong(pid, monotonicMs() + 600_000);
  const [first] = await eventually(() => {
    const found = guards();
    expect(found).toHaveLength(1);
    return found;
  });
  process.kill(first ?? 0, 'SIGKILL');
  await eventually(() => {
    const [second] = guards();
    expect(second).toBeDefined();
    expect(second).not.toBe(first);
  });
  expect(childrenOf(pid, 'sleep')).toHaveLength(1);
  guard.close();
  expect(await exited).toEqual([null, 'SIGKILL']);
});
