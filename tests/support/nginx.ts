import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';

const SAMPLE = fileURLToPath(new URL('../../deploy/nginx.conf', import.meta.url));

/** A port of loopback that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

function replaced(conf: string, from: string, to: string): string {
  if (!conf.includes(from)) throw new Error(`deploy/nginx.conf has no ${from}`);
  return conf.replace(from, to);
}

export interface Nginx {
  /** With `/api`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Debian's nginx with the file of deploy/, before servers on these ports of loopback. `change` says what else is other than there. */
export async function startNginx([one, two]: readonly [number, number], change: readonly (readonly [string, string])[] = []): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-nginx-'));
  const port = await freePort();
  const changes = [
    ['127.0.0.1:4200', `127.0.0.1:${one}`],
    ['127.0.0.1:4201', `127.0.0.1:${two}`],
    ['listen 8080', `listen 127.0.0.1:${port}`],
    ...change,
  ] as const;
  const conf = changes.reduce((so, [from, to]) => replaced(so, from, to), await readFile(SAMPLE, 'utf8'));
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`);
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  await mkdir(join(folder, 'logs'));
  await writeFile(join(folder, 'sluice.conf'), conf);
  await writeFile(
    join(folder, 'nginx.conf'),
    `${user} daemon off; worker_processes 2; pid ${folder}/pid; error_log ${folder}/logs/error.log;
     events { } http { access_log off; ${paths.join(' ')} include ${folder}/sluice.conf; }`,
  );
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'logs', 'error.log')], {
    env: { PATH: `${process.env['PATH']}:/usr/sbin` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = ended(child);
  await Promise.race([
    exited.then((told) => Promise.reject(new Error(`nginx ended at once. Debian's package is nginx-light. ${told}`))),
    eventually(() => fetch(`http://127.0.0.1:${port}/`)),
  ]);
  return {
    url: `http://127.0.0.1:${port}/api`,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ended(child: ChildProcess): Promise<string> {
  const said = text(child.stderr as NonNullable<typeof child.stderr>);
  await Promise.race([once(child, 'exit'), once(child, 'error')]);
  return said;
}
