import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@sluice/server/testing';
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import { type Job, sluice } from './job.ts';
import { freePort, startNginx } from './nginx.ts';

export type Which = 0 | 1;

/** Two servers, each a process with a home of its own, on one PostgreSQL and behind nginx with the file of deploy/. */
export interface TwoServers {
  readonly folder: string;
  readonly ports: readonly [number, number];
  readonly environment: Readonly<Record<string, string>>;
  /** Of nginx, with `/api`: the address that everybody knows. */
  readonly url: string;
  /** One server, around nginx. */
  direct(which: Which): string;
  /** Starts a server and resolves when it answers. */
  start(which: Which): Promise<void>;
  stop(which: Which, signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  close(): Promise<void>;
}

export async function startTwoServers(postgres: string, more: Readonly<Record<string, string>> = {}): Promise<TwoServers> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-servers-'));
  const database = await createTestDatabase(postgres);
  const ports = [await freePort(), await freePort()] as const;
  const environment = { SLUICE_DATABASE_URL: database.url, SLUICE_SECRET_KEY: 'ab'.repeat(32), ...more };
  const jobs: (Job | undefined)[] = [];
  const direct = (which: Which) => `http://127.0.0.1:${ports[which]}/api`;

  async function start(which: Which): Promise<void> {
    const job = sluice(join(folder, `server-${which}`), ['server', 'start', '--port', String(ports[which])], environment);
    const ended = job.ended.then(({ code, told }) => Promise.reject(new Error(`server ${which} ended (${code}): ${told}`)));
    ended.catch(() => {});
    await Promise.race([ended, eventually(async () => expect((await fetch(`${direct(which)}/ready`)).status).toBe(200), 60)]);
    jobs[which] = job;
  }

  async function stop(which: Which, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const job = jobs[which] as Job;
    jobs[which] = undefined;
    process.kill(job.pid, signal);
    await job.ended;
  }

  // At once, on an empty database.
  await Promise.all([start(0), start(1)]);
  const nginx = await startNginx(ports);
  return {
    folder,
    ports,
    environment,
    url: nginx.url,
    direct,
    start,
    stop,
    close: async () => {
      await nginx.stop();
      for (const which of [0, 1] as const) if (jobs[which]) await stop(which, 'SIGTERM');
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
