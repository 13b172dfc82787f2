import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const PROGRAM = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'].find(existsSync) ?? 'pgbouncer';

export interface Pool extends AsyncDisposable {
  /** The database of `url`, through the pool. */
  readonly url: string;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** A pool that gives a server connection to a client for one transaction, and has so many of them. */
export async function startPgbouncer(url: string, { size = 1, mode = 'transaction' } = {}): Promise<Pool> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-pgbouncer-'));
  const listen = await freePort();
  const config = join(folder, 'pgbouncer.ini');
  await writeFile(join(folder, 'users.txt'), `"${username}" "${decodeURIComponent(password)}"\n`);
  await writeFile(
    config,
    `[databases]
* = host=${hostname} port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listen}
unix_socket_dir =
auth_type = plain
auth_file = ${join(folder, 'users.txt')}
pool_mode = ${mode}
default_pool_size = ${size}
query_wait_timeout = 20
max_client_conn = 100
`,
  );
  await chmod(folder, 0o755);
  // It refuses to run as root.
  const child = spawn(PROGRAM, [...(userInfo().uid === 0 ? ['-u', 'nobody'] : []), config], { stdio: 'ignore' });
  const failed = once(child, 'error').then(([error]) => {
    throw new Error('No pgbouncer: install it (apt-get install pgbouncer) to test a source behind a pool.', { cause: error });
  });
  const own = new URL(url);
  own.hostname = '127.0.0.1';
  own.port = String(listen);
  own.pathname = pathname;
  await Promise.race([failed, answering(own.href, child)]);
  failed.catch(() => {});
  return {
    url: own.href,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}.`);
    const client = new pg.Client(url);
    client.on('error', () => {});
    const answers = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => {});
    if (answers) return;
  }
}
