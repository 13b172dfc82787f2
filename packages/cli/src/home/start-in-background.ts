import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ErrorCode } from '@sluice/core/errors/catalog';
import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import { folderOfHome, openLog } from '@sluice/home/files';
import { SLUICE } from '../program/command-line.ts';

/** What a process in the background tells the one that started it. */
type StartOutcome =
  /** `url`: of its API, when it listens. */
  { readonly url?: string } | { readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint: string | undefined } };

const COMMANDS = { server: ['server', 'start'], services: ['server', 'services', 'start'] } as const;
type What = keyof typeof COMMANDS;

/** Starts the command as a process of its own, and returns when it is ready; what it says goes into a file of the home. */
export async function startInBackground(home: string, what: What, args: readonly string[] = []): Promise<{ url: string | undefined; pid: number }> {
  const folder = folderOfHome(home, 'logs');
  const file = join(folder, `${what}.out`);
  const out = openLog(file, 'anew');
  const child = spawn(process.execPath, [...SLUICE, ...COMMANDS[what], ...args], {
    detached: true,
    stdio: ['ignore', out, out, 'ipc'],
    env: { ...process.env, SLUICE_HOME: home },
  });
  const told = once(child, 'message').then(([message]) => message as StartOutcome);
  const ended = once(child, 'exit').then(() => undefined);
  const outcome = await Promise.race([told, ended]);
  if (outcome && 'error' in outcome) throw new SluiceError(outcome.error.code, outcome.error.message, { hint: outcome.error.hint });
  if (!outcome || child.pid === undefined) throw new SluiceError('INTERNAL', `The ${what} did not start.`, { hint: `Its output is in ${file}.` });
  child.disconnect();
  child.unref();
  return { url: outcome.url, pid: child.pid };
}

/** Tells who started this process with a channel that it is ready. */
export const reportReady = (about: { readonly url?: string } = {}): void => report(about);

/** Tells who started this process with a channel why it does not start. */
export function reportFailure(error: unknown): never {
  if (isSluiceError(error)) report({ error: { code: error.code, message: error.message, hint: error.hint } });
  throw error;
}

const report = (outcome: StartOutcome): void => void process.send?.(outcome);
