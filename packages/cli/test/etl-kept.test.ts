import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRunning } from '@sluice/home/processes';
import { createTestDatabase, type TestDatabase } from '@sluice/server/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { seconds } from '../../../tests/support/patience.ts';
import { createSluice, type Sluice } from './support/sluice.ts';

const CLONE = fileURLToPath(new URL('../../..', import.meta.url));

let database: TestDatabase;
let root: string;
let home: string;
let sluice: Sluice;

beforeAll(async () => {
  database = await createTestDatabase(inject('postgres'));
  root = mkdtempSync(join(tmpdir(), 'sluice-etl-'));
  home = join(root, 'home');
  for (const folder of ['files', 'home']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'files', 'order.csv'), 'number,price\n1,2.50\n');
  writeFileSync(join(root, 'files', 'torn.parquet'), 'PAR1 and no more');
  writeFileSync(join(home, 'config.env'), `SLUICE_DATABASE_URL=${database.url}\nSLUICE_SERVER_PORT=0\n`);
  sluice = createSluice({ SLUICE_HOME: home });
});
afterAll(async () => {
  await sluice.run(['reset', '--yes', '--force']);
  await database.drop();
  rmSync(root, { recursive: true, force: true });
});

const etl = (...args: string[]) => sluice.run(['etl', '--source', join(root, 'files'), '--workers', '1', '--keep', ...args], { cwd: CLONE });

const pidOfKept = (stdout: string): number =>
  Number(/^Server and workers stay up\. To stop them: kill (\d+) && npx sluice server stop$/m.exec(stdout)?.[1]);

test('what stands at the end of a kept job is so: its reasons, its query, and how all is stopped', { timeout: seconds(60) }, async () => {
  const warehouse = join(root, 'shop.duckdb');
  // Runs work in the project's folder: a path is meant from where the command is typed.
  const { code, stdout, stderr } = await etl('--warehouse', relative(CLONE, warehouse));
  expect({ code, stderr }).toEqual({ code: 8, stderr: '' });
  expect(stdout).toMatch(/^not read: main\.torn cannot be read as Parquet: No magic bytes found at end of file '\S+torn\.parquet'\.$/m);
  expect(stdout).toContain(`\nWarehouse: ${warehouse}\n`);

  const [, sql = ''] = new RegExp(`^Query it: {2}npx sluice query "(.*)" --warehouse ${warehouse}$`, 'm').exec(stdout) ?? [];
  expect(sql).toBe('select count(*) from main.order');
  expect(await sluice.run(['query', sql, '--warehouse', warehouse])).toEqual({ code: 0, stdout: '1\n', stderr: '' });

  const none = await etl('--only', 'orders,main.t*');
  expect(none).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('No table is called orders.\nThere are 2 tables: main.order, main.torn.\n'),
  });

  const pid = pidOfKept(stdout);
  process.kill(pid, 'SIGTERM');
  expect(await sluice.run(['server', 'stop'])).toMatchObject({ code: 0, stderr: '' });
  await eventually(() => expect(isRunning(pid)).toBe(false));
  expect(['server.json', 'workers.pid'].filter((name) => existsSync(join(home, name)))).toEqual([]);
});

test('a job that asks for more workers than were kept has them, and no two of one name', { timeout: seconds(60) }, async () => {
  const first = pidOfKept((await etl()).stdout);
  const { stdout } = await etl('--workers', '2');
  expect(stdout).toContain('\nWorkers: worker-1, worker-2\n');
  expect(isRunning(first)).toBe(false);
  process.kill(pidOfKept(stdout), 'SIGTERM');
  await sluice.run(['server', 'stop']);
});

test('the runs of a second job start no process: they have those of the first', { timeout: seconds(60) }, async () => {
  const { stdout } = await etl('--only', 'main.order');
  const pids = async () => {
    const listed = await sluice.run(['flow-run', 'ls', '--limit', '200', '-o', 'json']);
    return (JSON.parse(listed.stdout) as { id: string; infrastructure_pid: string | null }[]).map(
      ({ id, infrastructure_pid }) => [id, infrastructure_pid] as const,
    );
  };
  const before = new Map(await pids());
  await etl('--only', 'main.order');
  const first = new Set(before.values());
  expect(first).not.toContain(null);
  const second = (await pids()).filter(([id]) => !before.has(id));
  expect(second).toHaveLength(4);
  expect(second.filter(([, pid]) => !first.has(pid))).toEqual([]);
  process.kill(pidOfKept(stdout), 'SIGTERM');
  await sluice.run(['server', 'stop']);
});
