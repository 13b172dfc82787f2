import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { type Connection, createConnection } from 'mysql2';
import { describe } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { seconds } from '../../../../tests/support/patience.ts';

const find = (program: string): string | undefined =>
  [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));

const isHere = find('mariadbd') !== undefined;
if (process.env['CI'] && !isHere) throw new Error('mariadb-server is not installed: .ci/run does it.');

/** Tests that need a server of MariaDB. They are skipped where there is none. */
export const describeWithMariadb = describe.skipIf(!isHere);

export interface TestMariadb extends AsyncDisposable {
  readonly port: number;
  /** Runs statements as the owner of everything; rows of the last one. */
  sql(statements: string): Promise<unknown[][]>;
}

/** A server of its own on loopback, with a data folder of its own, and a user `reader` who may read everything. */
export async function startMariadb(options: readonly string[] = []): Promise<TestMariadb> {
  const root = await mkdtemp(join(tmpdir(), 'sluice-mariadb-'));
  const [data, log, port] = [join(root, 'data'), join(root, 'log'), await freePort()];
  const own = ['--no-defaults', `--user=${userInfo().username}`, `--datadir=${data}`];
  const install = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'];
  await promisify(execFile)(find('mariadb-install-db') ?? 'mariadb-install-db', [...own, ...install], { timeout: seconds(60) });
  const file = await open(log, 'w');
  const place = [`--port=${port}`, '--bind-address=127.0.0.1', `--socket=${join(root, 's')}`, `--pid-file=${join(root, 'pid')}`];
  const small = ['--skip-log-bin', '--innodb-buffer-pool-size=32M', '--skip-name-resolve', '--sql-mode='];
  const server = spawn(find('mariadbd') ?? 'mariadbd', [...own, ...place, ...small, ...options], { stdio: ['ignore', file.fd, file.fd] });
  await file.close();
  const owner = await eventually(() => connect(port)).catch(async () => {
    await stop(server);
    throw new Error(await readFile(log, 'utf8'));
  });
  const sql = (statements: string) =>
    new Promise<unknown[][]>((resolve, reject) => {
      owner.query({ sql: statements, rowsAsArray: true }, (error, result) =>
        error ? reject(error) : resolve([result].flat().slice(-1000) as unknown[][]),
      );
    });
  await sql(`create user reader identified by 'p@ss:w/rd'; grant select, show view on *.* to reader`);
  return {
    port,
    sql,
    [Symbol.asyncDispose]: async () => {
      owner.destroy();
      await stop(server);
      await rm(root, { recursive: true, force: true });
    },
  };
}

function connect(port: number): Promise<Connection> {
  const connection = createConnection({ host: '127.0.0.1', port, user: 'root', multipleStatements: true, charset: 'utf8mb4' });
  return new Promise((resolve, reject) => {
    connection.once('connect', () => resolve(connection));
    connection.once('error', reject);
  });
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
