import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ErrorCode } from '@sluice/core/errors/catalog';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { folderOfHome, openLog } from '@sluice/home/files';
import { SLUICE } from '../program/command-line.ts';

/** What a server process tells the one that started it. */
export type StartOutcome =
  | { readonly url: string }
  | { readonly error: { readonly code: ErrorCode; readonly message: string; readonly hint: string | undefined } };

/** Starts `sluice server start` as a process of its own, and returns when it is ready; what it says goes into a file of the home. */
export async function startInBackground(home: string, args: readonly string[]): Promise<{ url: string; pid: number }> {
  const folder = folderOfHome(home, 'logs');
  const file = join(folder, 'server.out');
  const out = openLog(file, 'anew');
  const child = spawn(process.execPath, [...SLUICE, 'server', 'start', ...args], {
    detached: true,
    stdio: ['ignore', out, out, 'ipc'],
    env: { ...process.env, SLUICE_HOME: home },
  });
  const told = once(child, 'message').then(([message]) => message as StartOutcome);
  const ended = once(child, 'exit').then(() => undefined);
  const outcome = await Promise.race([told, ended]);
  if (outcome && 'error' in outcome) throw new SluiceError(outcome.error.code, outcome.error.message, { hint: outcome.error.hint });
  if (!outcome || child.pid === undefined) throw new SluiceError('INTERNAL', 'The server did not start.', { hint: `Its output is in ${file}.` });
  child.disconnect();
  child.unref();
  return { url: outcome.url, pid: child.pid };
}
