import { spawn } from 'node:child_process';
import { lstat, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { systemFault } from '@sluice/core/errors/system-fault';
import { isRunning } from '@sluice/home/processes';
import { postgresEnvironment } from './run.ts';
import { makeOwnedFolder, type PostgresUser } from './user.ts';

/** A running PostgreSQL server process. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Resolves, with what is known of the reason, when the process is gone. */
  readonly exited: Promise<string>;
}

interface Start {
  readonly native: string;
  readonly data: string;
  readonly user: PostgresUser | undefined;
  readonly port: number;
}

const WATCH_MS = 200;
const SOCKETS = 'sluice-pg-';
const START_MS = 60_000;

/** Small rows, many short transactions, and a machine that runs other things too. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  jit: 'off',
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: 'postgres-%a.log',
  log_rotation_age: '1d',
  log_truncate_on_rotation: 'on',
};

interface PidFile {
  readonly pid: number;
  readonly port: number;
  /** Folder of its socket. */
  readonly sockets: string;
  /** It takes connections. */
  readonly ready: boolean;
}

/** What postmaster.pid tells. */
async function readPidFile(data: string): Promise<PidFile | undefined> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  if (lines.length <= 4) return undefined;
  return { pid: Number(lines[0]), port: Number(lines[3]), sockets: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' };
}

/**
 * Whether this is a folder that we made for a socket. postmaster.pid is PostgreSQL's to write, who may be a weaker user than we are: what it
 * names must be a folder right in the one for temporary files, with our name, and that user's own.
 */
export async function isOurs(sockets: string, data: string): Promise<boolean> {
  if (sockets !== join(tmpdir(), basename(sockets)) || !basename(sockets).startsWith(SOCKETS)) return false;
  const [info, owner] = await Promise.all([lstat(sockets), lstat(data)]).catch(() => [undefined, undefined]);
  return info?.isDirectory() === true && info.uid === owner?.uid;
}

/** Also removes the folder of its socket, which the server that started it would have removed. */
async function whenGone({ pid, sockets }: PidFile, data: string): Promise<string> {
  while (isRunning(pid)) await pause(WATCH_MS, undefined, { ref: false });
  if (await isOurs(sockets, data)) await rm(sockets, { recursive: true, force: true });
  return 'it is gone';
}

/** The server that runs on this data folder, if one does: left behind by a Sluice that was killed. */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  const file = await readPidFile(data);
  if (!file || !isRunning(file.pid)) return undefined;
  const command = await readFile(`/proc/${file.pid}/cmdline`, 'utf8').catch(() => data);
  return command.includes(data) ? { pid: file.pid, port: file.port, exited: whenGone(file, data) } : undefined;
}

/** Starts the server in a session of its own, so that a terminal's Ctrl+C does not reach it, and returns when it takes connections. */
export async function startPostmaster({ native, data, user, port }: Start): Promise<Postmaster> {
  // A socket's path may have 107 bytes, so it does not stand under the home.
  const sockets = await mkdtemp(join(tmpdir(), SOCKETS));
  await makeOwnedFolder(sockets, user);
  const settings = Object.entries({ ...SETTINGS, port, unix_socket_directories: sockets }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(native, 'bin', 'postgres'), ['-D', data, ...settings], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: data,
    env: postgresEnvironment(),
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  void exited.then(() => rm(sockets, { recursive: true, force: true }));

  let gone: string | undefined;
  void exited.then((why) => {
    gone = why;
  });
  for (let waited = 0; waited < START_MS; waited += 10) {
    if (gone) break;
    const file = await readPidFile(data);
    if (file?.ready && file.pid === child.pid) {
      child.unref();
      (child.stderr as unknown as { unref(): void }).unref();
      return { pid: file.pid, port: file.port, exited };
    }
    await pause(10);
  }
  child.kill('SIGQUIT');
  const said = `PostgreSQL did not start: ${errors.trim() || gone}`;
  throw systemFault(new Error(said), data) ?? new SluiceError('DATABASE_UNAVAILABLE', said, { hint: `Its log is in ${join(data, 'log')}.` });
}

/** Fast shutdown: sessions are ended, everything committed is on disk. */
export async function stopPostmaster({ pid, exited }: Postmaster): Promise<void> {
  if (isRunning(pid)) process.kill(pid, 'SIGINT');
  const held = setInterval(() => {}, WATCH_MS); // watching alone does not keep this process alive, waiting for the end does
  await exited;
  clearInterval(held);
}
