import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@sluice/client';
import { median, print } from './support/figures.ts';
import { type Measured, startTableJobs } from './support/table-jobs.ts';

/**
 * The same tables by the same three warm workers into each kind of warehouse: a DuckDB file, PostgreSQL, a DuckLake whose catalog is in
 * PostgreSQL. In turn, so many times. How long tables wait for the warehouse is read from the limit that guards it, 20 times a second:
 * who waits there, of three workers.
 */
const ROUNDS = Number(process.argv[2] ?? 3);
const WORKERS = 3;
const LOOK_MS = 50;

await using jobs = await startTableJobs();
const client = createClient({ apiUrl: jobs.api });

/** What the job measured, and the seconds that tables waited for the warehouse, of all workers together. */
async function waited(job: () => Promise<Measured>): Promise<Measured & { readonly waited: number }> {
  let isOver = false;
  let seconds = 0;
  const look = async () => {
    for (let last = performance.now(); !isOver; ) {
      await pause(LOOK_MS);
      const limits = await client.request('GET /limits', { query: { kind: 'global' } });
      const waiting = limits.filter(({ name }) => name.startsWith('etl:warehouse:')).reduce((sum, limit) => sum + limit.waiting, 0);
      const now = performance.now();
      seconds += (waiting * (now - last)) / 1000;
      last = now;
    }
  };
  const looking = look();
  const measured = await job().finally(() => {
    isOver = true;
  });
  await looking;
  return { ...measured, waited: seconds };
}

const plain = (url: URL) => Object.assign(new URL(url), { password: '' }).href;
const PLACES: Record<string, string> = {
  'DuckDB file': join(jobs.home, 'bench.duckdb'),
  PostgreSQL: plain(await jobs.database('reports')),
  DuckLake: `ducklake:${plain(await jobs.database('lake'))}?data_path=${join(jobs.home, 'lake')}/`,
};
const rounds = Object.fromEntries(Object.keys(PLACES).map((name) => [name, [] as Awaited<ReturnType<typeof waited>>[]]));
for (const place of Object.values(PLACES)) await jobs.job('--warehouse', place);
for (let round = 0; round < ROUNDS; round++)
  for (const [name, place] of Object.entries(PLACES)) rounds[name]?.push(await waited(() => jobs.job('--warehouse', place)));

const of = (name: string, pick: keyof Awaited<ReturnType<typeof waited>>) => median((rounds[name] ?? []).map((each) => each[pick]));
print(
  `${jobs.tables} tables of PostgreSQL, ${jobs.rows} rows, ${WORKERS} workers, verified by sums; median of ${ROUNDS}`,
  Object.keys(PLACES).flatMap((name) => [
    {
      what: `${name}: first table planned → report`,
      measured: `${of(name, 'seconds').toFixed(2)} s`,
      against: `DuckDB file ${of('DuckDB file', 'seconds').toFixed(2)} s`,
      ratio: (of(name, 'seconds') / of('DuckDB file', 'seconds')).toFixed(2),
    },
    { what: `${name}: processor time of all`, measured: `${((of(name, 'cpu') / jobs.rows) * 1e6).toFixed(2)} CPU-s per M rows` },
    {
      what: `${name}: waited for the warehouse`,
      measured: `${of(name, 'waited').toFixed(2)} s of all workers`,
      ratio: (of(name, 'waited') / (of(name, 'seconds') * WORKERS)).toFixed(2),
    },
  ]),
);
console.log(JSON.stringify(rounds));
await client.close();
