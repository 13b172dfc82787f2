import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { systemFault } from '@sluice/core/errors/system-fault';
import type { PostgresUser } from './user.ts';

/** The only variables of this process that PostgreSQL's have: whoever may read their environment finds no key, password or token in it. */
const PASSED = ['PATH', 'TZ', 'LANG', 'LC_ALL', 'TMPDIR', 'SystemRoot', 'TEMP'];

export const postgresEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(PASSED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));

/** Runs one of PostgreSQL's programs to its end. */
export function run(program: string, args: string[], { user, cwd }: { user: PostgresUser | undefined; cwd: string }): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  execFile(program, args, { cwd, env: postgresEnvironment(), ...(user && { uid: user.uid, gid: user.gid }) }, (error, stdout, stderr) => {
    if (!error) return resolve(stdout);
    const said = `${basename(program)} failed: ${stderr.trim() || error.message}`;
    reject(
      systemFault(new Error(said, { cause: error }), cwd) ??
        new SluiceError('DATABASE_UNAVAILABLE', said, { cause: error, hint: 'The log in the home, logs/, may say more.' }),
    );
  });
  return promise;
}
