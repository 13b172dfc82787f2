import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, pageAll } from '@sluice/client';
import { nodeFlags } from '@sluice/core/process/programs';
import type { Report } from '@sluice/etl';
import { embeddedUrl, ensureDatabase } from '@sluice/server';
import { median, print } from './support/figures.ts';
import { end, ROOT, removeHome, startServer } from './support/stack.ts';

/**
 * What one small table costs: 500 tables of 100 rows in PostgreSQL, three workers. The time of a worker at one table, and what of
 * it is the start of its run, its steps, and the rest of its run; and the report at the end. One run of the job that does not count.
 */
const TABLES = Number(process.argv[2] ?? 500);
const ROUNDS = Number(process.argv[3] ?? 3);
const WORKERS = 3;
const MAIN = join(ROOT, 'packages/cli/src/main.ts');

const FILL = `do $$ begin for i in 1..${TABLES} loop
  execute format('create table small_%s as select i as id, md5(i::text) as name, i * 1.5::numeric(10,2) as price, now() as at from generate_series(1, 100) i', i);
end loop; end $$; vacuum analyze;`;

const home = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const { child, url: apiUrl } = await startServer(home);
const client = createClient({ apiUrl });
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

async function round(url: string) {
  const source = new URL(url);
  const { password } = source;
  // Where others see it, it is refused.
  source.password = '';
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeFlags(MAIN), MAIN, 'etl', '--source', source.href, '-o', 'json'], {
    cwd: ROOT,
    env: { ...process.env, SLUICE_HOME: home, PGPASSWORD: decodeURIComponent(password) },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  const report = JSON.parse(stdout) as Report;
  const children = { flow_runs: { parent_flow_run_id: { any_: [report.flow_run_id] } } };
  const runs = await pageAll((page) => client.request('POST /flow_runs/filter', { body: { ...children, ...page, sort: 'START_TIME_ASC' } }));
  const taskRuns = await pageAll((page) => client.request('POST /task_runs/filter', { body: { ...children, ...page } }));
  const tables = runs.filter(({ parameters }) => parameters['table'] !== undefined);
  const first = Math.min(...tables.map(({ start_time }) => Date.parse(start_time ?? '')));
  const last = Math.max(...tables.map(({ end_time }) => Date.parse(end_time ?? '')));
  // Of a worker, for one table.
  const whole = ((last - first) / 1000 / TABLES) * WORKERS;
  const run = mean(tables.map(({ total_run_time }) => total_run_time));
  const step = (key: string) => mean(taskRuns.filter(({ task_key }) => task_key.startsWith(key)).map(({ total_run_time }) => total_run_time));
  const steps = { plan: step('plan-table'), extract: step('sql-query'), commit: step('load-table') };
  const publish = runs.find(({ parameters }) => parameters['main'] !== undefined);
  return { whole, start: whole - run, ...steps, rest: run - steps.plan - steps.extract - steps.commit, report: publish?.total_run_time ?? 0 };
}

try {
  const source = await embeddedUrl(home, 'small');
  await ensureDatabase(await embeddedUrl(home, 'postgres'), 'small');
  const { status, stderr } = spawnSync('psql', [source, '-q', '-c', FILL.split('; vacuum')[0] ?? '', '-c', 'vacuum analyze'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  if (ROUNDS > 1) await round(source);
  const rounds: Awaited<ReturnType<typeof round>>[] = [];
  for (let index = 0; index < ROUNDS; index++) rounds.push(await round(source));
  const of = (key: keyof (typeof rounds)[number]) => `${(1000 * median(rounds.map((each) => each[key]))).toFixed(1)} ms`;
  print(`${TABLES} tables of 100 rows, ${WORKERS} workers`, [
    { what: 'a worker’s time for one table', measured: of('whole') },
    { what: 'between two runs: claim, start, end', measured: of('start') },
    { what: 'plan', measured: of('plan') },
    { what: 'extract', measured: of('extract') },
    { what: 'commit', measured: of('commit') },
    { what: 'the rest of the run: requests for its steps', measured: of('rest') },
    { what: 'the report of all', measured: of('report') },
  ]);
} finally {
  await client.close();
  await end(child);
  await removeHome(home);
  await rm(home, { recursive: true, force: true });
}
