import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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

export interface PoolOptions {
  /** Server connections. */
  readonly size?: number;
  readonly auth?: 'plain' | 'trust';
  /** What it asks of its clients, with the certificate of the fixtures, which holds for `localhost`. */
  readonly tls?: 'disable' | 'allow' | 'require';
}

export const certificate = (name: string): string => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));

/** A pool that gives a server connection to a client for one transaction. */
export async function startPgbouncer(url: string, { size = 1, auth = 'plain', tls = 'disable' }: PoolOptions = {}): Promise<Pool> {
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
auth_type = ${auth}
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
client_tls_sslmode = ${tls}
client_tls_cert_file = ${join(folder, 'server.crt')}
client_tls_key_file = ${join(folder, 'server.key')}
default_pool_size = ${size}
query_wait_timeout = 20
max_client_conn = 100
`,
  );
  for (const name of ['server.crt', 'server.key']) await copyFile(certificate(name), join(folder, name));
  await chmod(folder, 0o755);
  await chmod(join(folder, 'server.key'), 0o644);
  // It refuses to run as root.
  const child = spawn(PROGRAM, [...(userInfo().uid === 0 ? ['-u', 'nobody'] : []), config], { stdio: 'ignore' });
  const failed = once(child, 'error').then(([error]) => {
    throw new Error('No pgbouncer: install it (apt-get install pgbouncer) to test a source behind a pool.', { cause: error });
  });
  const own = new URL(url);
  own.hostname = '127.0.0.1';
  own.port = String(listen);
  own.pathname = pathname;
  await Promise.race([failed, answering(own.href, child, tls === 'require')]);
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

async function answering(url: string, child: ChildProcess, encrypted: boolean): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}.`);
    const client = new pg.Client({ connectionString: url, ...(encrypted && { ssl: { rejectUnauthorized: false } }) });
    client.on('error', () => {});
    const answers = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => {});
    if (answers) return;
  }
}
