import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '@sluice/core/process/programs';

/** Another process that has the file open; it lets go when its standard input ends. */
export async function holdWarehouse(file: string, access: 'read' | 'write'): Promise<ChildProcess> {
  const child = startProgram(new URL('./warehouse-holder.ts', import.meta.url), [file, access]);
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

/** A program in a process of its own. */
export const startProgram = (program: URL, args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [...nodeFlags(program), fileURLToPath(program), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
