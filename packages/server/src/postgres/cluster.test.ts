import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { isRunning } from '@sluice/home/processes';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../db/database.ts';
import { startCluster, stopLeftCluster } from './cluster.ts';
import { isOurs } from './postmaster.ts';
import { dataHome, postgresUser } from './user.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-cluster-'));
  await chmod(home, 0o755); // as root PostgreSQL runs as another user, who must get in
});
afterEach(async () => {
  await stopLeftCluster(home);
  await rm(home, { recursive: true, force: true });
});

/** One statement over a connection of its own. */
async function ask<T>(url: string, statement: string): Promise<T> {
  const { sql, close } = openDatabase(url, { max: 1 });
  try {
    const [row] = await sql.unsafe<{ answer: T }[]>(statement);
    return row?.answer as T;
  } finally {
    await close();
  }
}

/** The same, until it is answered: the database may be starting. */
async function askUntilAnswered<T>(url: string, statement: string): Promise<T> {
  for (;;) {
    try {
      return await ask(url, statement);
    } catch (error) {
      if (!/ECONN|CONNECT|EPIPE|57P0/.test(String((error as { code?: string }).code))) throw error;
    }
  }
}

const postmasterPid = async (folder: string) => Number((await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n')[0]);

test('it is made at the first start, and found again at the second', async () => {
  const first = await startCluster(home);
  await ask(first.url('postgres'), 'create table kept as select 7 as value');
  expect(await ask(first.url('postgres'), "select current_setting('server_version_num')::integer / 10000 as answer")).toBe(18);
  expect(await ask(first.url('postgres'), "select current_setting('fsync') as answer")).toBe('on');
  const pid = await postmasterPid(first.folder);
  await first.stop();
  expect(isRunning(pid)).toBe(false);

  const second = await startCluster(home);
  expect(await ask(second.url('postgres'), 'select value as answer from kept')).toBe(7);
  expect((await stat(join(home, 'postgres.password'))).mode & 0o077, 'the password is for its owner alone').toBe(0);
  const wrong = new URL(second.url('postgres'));
  wrong.password = 'wrong';
  await expect(ask(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  await second.stop();
});

test('its processes have next to nothing of the environment: no key, no password, no token of anybody', async () => {
  const secrets = [
    'SLUICE_API_KEY',
    'SLUICE_DATABASE_URL',
    'SLUICE_SOURCE_SHOP',
    'PGPASSWORD',
    'AWS_SECRET_ACCESS_KEY',
    'ANYTHING_ELSE',
    'PGOPTIONS',
  ];
  for (const name of secrets) vi.stubEnv(name, 's3cret');
  const cluster = await startCluster(home);
  await ask(cluster.url('postgres'), 'select 1');
  const postmaster = await postmasterPid(cluster.folder);
  const children = (await readFile(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8')).trim().split(' ');
  expect(children.length).toBeGreaterThan(2);
  for (const pid of [postmaster, ...children]) {
    const environment = (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).split('\0');
    const names = environment.map((line) => line.split('=')[0] ?? '').filter((name) => /^\w+$/.test(name));
    const allowed = ['PATH', 'TZ', 'LANG', 'LC_ALL', 'TMPDIR', 'TEMP', 'PGDATA'];
    expect(names.filter((name) => !allowed.includes(name) && !name.startsWith('LC_'))).toEqual([]);
    expect(environment.join()).not.toContain('s3cret');
  }
  await cluster.stop();
  vi.unstubAllEnvs();
});

test('what postmaster.pid names is not removed unless it is the folder that we made: its writer may be a weaker user', async () => {
  const kept = await mkdtemp(join(tmpdir(), 'sluice-pg-'));
  await writeFile(join(kept, 'precious'), 'x');
  const owner = await mkdtemp(join(tmpdir(), 'of-another-'));
  const link = join(tmpdir(), `sluice-pg-link-${process.pid}`);
  await symlink(owner, link);
  const cluster = await startCluster(home);
  const file = join(cluster.folder, 'postmaster.pid');
  const told = (await readFile(file, 'utf8')).split('\n');
  try {
    for (const sockets of [
      `${join(tmpdir(), 'sluice-pg-x')}/../${basename(kept)}/../${basename(owner)}`,
      owner,
      link,
      home,
      '/tmp/sluice-pg-',
      kept,
    ]) {
      // As root this folder is root's, and the data is not: nobody of theirs made it.
      if (sockets === kept && process.getuid?.() !== 0) continue;
      expect(await isOurs(sockets, cluster.folder), sockets).toBe(false);
    }
    expect(await isOurs(told[4] ?? '', cluster.folder), 'its own').toBe(true);
  } finally {
    await cluster.stop();
    for (const path of [kept, owner, link]) await rm(path, { recursive: true, force: true });
  }
});

test('a link that was planted where the password is made leads nowhere', async () => {
  const victim = join(home, 'victim');
  await writeFile(victim, 'precious');
  for (const name of ['postgres.password.new', 'postgres.url', 'server.json', 'postgres.password.tmp']) await symlink(victim, join(home, name));
  const cluster = await startCluster(home);
  expect(await readFile(victim, 'utf8')).toBe('precious');
  expect((await lstat(join(home, 'postgres.url'))).isFile()).toBe(true);
  await cluster.stop();
});

test('one that a killed server has left running is taken over as it is', async () => {
  const program = `import { startCluster } from '${new URL('./cluster.ts', import.meta.url).href}';
    const cluster = await startCluster(process.argv[1]);
    console.log(cluster.url('postgres'));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--conditions=@sluice/source', '--input-type=module', '-e', program, home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(createInterface(parent.stdout), 'line')) as [string];
  await ask(url, 'create table kept as select 7 as value');
  parent.kill('SIGKILL');
  await once(parent, 'exit');

  const cluster = await startCluster(home);
  expect(cluster.url('postgres')).toBe(url);
  expect(await ask(url, 'select value as answer from kept')).toBe(7);
  const [pid = '', , , , sockets = ''] = (await readFile(join(cluster.folder, 'postmaster.pid'), 'utf8')).split('\n');
  await cluster.stop();
  expect(isRunning(Number(pid))).toBe(false);
  await expect(stat(sockets), 'nothing of it is left elsewhere').rejects.toMatchObject({ code: 'ENOENT' });
});

test('when it is killed it is started again, also while a query still runs in what is left of it', async () => {
  const whys: string[] = [];
  const cluster = await startCluster(home, { onRestart: (why) => whys.push(why) });
  const url = cluster.url('postgres');
  await ask(url, 'create table kept as select 7 as value');
  const busy = openDatabase(url, { max: 1 });
  await busy.sql`select 1`;
  // A loop in the server that hears of nothing: it keeps the old memory in use for a moment.
  const loop = busy.sql`select count(*) from generate_series(1, 5000000)`.catch(() => {});
  const pid = await postmasterPid(cluster.folder);
  process.kill(pid, 'SIGKILL');
  expect(await askUntilAnswered(url, 'select value as answer from kept')).toBe(7);
  expect(await postmasterPid(cluster.folder)).not.toBe(pid);
  expect(whys[0]).toBe('SIGKILL');
  await loop;
  await busy.close();
  await cluster.stop();
});

test('an initdb that was killed is done again', async () => {
  const unfinished = join(home, 'postgres', 'unfinished');
  await mkdir(join(unfinished, 'base'), { recursive: true });
  await writeFile(join(unfinished, 'PG_VERSION'), '18\n');
  const cluster = await startCluster(home);
  expect(await ask(cluster.url('postgres'), 'select 1 as answer')).toBe(1);
  expect(await readdir(join(home, 'postgres'))).toEqual(['18']);
  await cluster.stop();
});

test('data of another major is refused, with what to do', async () => {
  await mkdir(join(home, 'postgres', '17'), { recursive: true });
  await expect(startCluster(home)).rejects.toMatchObject({
    code: 'DATABASE_UNSUPPORTED',
    message: `The data in ${join(home, 'postgres')} was made by PostgreSQL 17; this Sluice has PostgreSQL 18.`,
    hint: expect.stringContaining('pg_dump'),
  });
});

describe.skipIf(process.getuid?.() !== 0)('as root', () => {
  test('it runs as another user', async () => {
    const cluster = await startCluster(home);
    const owner = (await stat(cluster.folder)).uid;
    expect(owner).not.toBe(0);
    expect(owner).toBe((await postgresUser())?.uid);
    await cluster.stop();
  });

  test('the data of a home that this user cannot enter is in a folder of the system', async () => {
    await chmod(home, 0o700);
    const elsewhere = await dataHome(home, await postgresUser());
    expect(elsewhere).toMatch(/^\/var\/lib\/sluice\/[0-9a-f]{12}$/);
    try {
      const cluster = await startCluster(home);
      expect(cluster.folder).toBe(join(elsewhere, 'postgres', '18'));
      expect(await ask(cluster.url('postgres'), 'select 1 as answer')).toBe(1);
      await cluster.stop();
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });
});
