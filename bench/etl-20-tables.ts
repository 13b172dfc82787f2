import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeFlags } from '@sluice/core/process/programs';
import type { Report } from '@sluice/etl';
import { embeddedUrl } from '@sluice/server';
import { median, print } from './support/figures.ts';
import { end, ROOT, startServer } from './support/stack.ts';

/**
 * The whole job as a user runs it: 20 tables, 4.1 M rows, three workers; against `psql` that throws away the rows of the 17 tables
 * in PostgreSQL, three at a time. The first run fills the source and does not count.
 */
const ROUNDS = 5;
const MAIN = join(ROOT, 'packages/cli/src/main.ts');

const home = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const env = { ...process.env, SLUICE_HOME: home };

function etl(): { report: Report; wall: number } {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeFlags(MAIN), MAIN, 'etl', '-o', 'json'], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return { report: JSON.parse(stdout) as Report, wall: (performance.now() - started) / 1000 };
}

const between = ({ started, ended }: Report) => (Date.parse(ended) - Date.parse(started)) / 1000;

/** What the busiest worker was busy with tables. The rest of the job is orchestration. */
function busiest({ tables }: Report): number {
  const workers = Map.groupBy(tables, ({ worker }) => worker);
  return Math.max(...[...workers.values()].map((own) => own.reduce((sum, { seconds }) => sum + seconds, 0)));
}

/** What reading alone costs: no types, no file, no check. */
async function copyAll(): Promise<number> {
  const { child } = await startServer(home);
  const url = await embeddedUrl(home, 'source');
  const psql = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)('psql', [url, '-At', ...args]);
    return stdout.trim().split('\n');
  };
  const tables = await psql('-c', `select format('%I.%I', schemaname, relname) from pg_stat_user_tables order by pg_table_size(relid) desc`);
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    const left = [...tables];
    const lane = async () => {
      for (let table = left.shift(); table; table = left.shift()) await psql('-c', `\\copy ${table} to /dev/null`);
    };
    await Promise.all([lane(), lane(), lane()]);
    seconds.push((performance.now() - started) / 1000);
  }
  await end(child);
  return median(seconds);
}

try {
  etl();
  const rounds = Array.from({ length: ROUNDS }, etl);
  const moving = rounds.map(({ report }) => between(report));
  const copies = await copyAll();
  print('20 tables, 3 workers, verified by sums', [
    {
      what: 'first table planned → report written',
      measured: `${median(moving).toFixed(2)} s`,
      against: `psql \\copy ${copies.toFixed(2)} s`,
      ratio: (copies / median(moving)).toFixed(2),
      goal: '≤ 10 s',
    },
    { what: 'range', measured: `${Math.min(...moving).toFixed(2)}–${Math.max(...moving).toFixed(2)} s` },
    {
      what: 'of it orchestration: not the busiest worker at its tables',
      measured: `${median(rounds.map(({ report }) => between(report) - busiest(report))).toFixed(2)} s`,
      goal: '≤ 1 s',
    },
    { what: 'the command, from its start to its end', measured: `${median(rounds.map(({ wall }) => wall)).toFixed(2)} s` },
  ]);
} finally {
  spawnSync(process.execPath, [...nodeFlags(MAIN), MAIN, 'reset', '--yes', '--force'], { env });
  await rm(home, { recursive: true, force: true });
}
