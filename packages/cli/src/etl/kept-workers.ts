import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { writeWhole } from '@sluice/home/files';
import { isRunning } from '@sluice/home/processes';

const LOOK_MS = 50;

const fileOf = (home: string) => join(home, 'workers.pid');

/** Notes the process of workers that are to outlive the command: who removes the home stops them first. */
export const noteKeptWorkers = (home: string, pid: number): Promise<void> => writeWhole(fileOf(home), `${pid}\n`);

/** Process id of the workers that were left up on this home, if they still are; the note of workers that were killed is removed. */
export async function readKeptWorkers(home: string): Promise<number | undefined> {
  const pid = await readNote(home);
  if (pid === undefined || (isRunning(pid) && (await areWorkers(pid)))) return pid;
  await forgetKeptWorkers(home, pid);
  return undefined;
}

/** Removes the note of these workers, and of no others. */
export async function forgetKeptWorkers(home: string, pid: number): Promise<void> {
  if ((await readNote(home)) === pid) await rm(fileOf(home), { force: true });
}

async function readNote(home: string): Promise<number | undefined> {
  const pid = Number(await readFile(fileOf(home), 'utf8').catch(() => ''));
  return pid > 1 ? pid : undefined;
}

/** Process ids are used again; where the kernel does not tell what runs, the file is believed. */
async function areWorkers(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return command === undefined || command.includes('\0worker\0start\0');
}

/** Drains them; returns their process id if there were any. */
export async function stopKeptWorkers(home: string): Promise<number | undefined> {
  const pid = await readKeptWorkers(home);
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM');
    while (isRunning(pid)) await pause(LOOK_MS);
    await forgetKeptWorkers(home, pid);
  }
  return pid;
}
