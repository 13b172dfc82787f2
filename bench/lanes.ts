import { median, print } from './support/figures.ts';
import { type Measured, startTableJobs } from './support/table-jobs.ts';

/**
 * The demo's tables in PostgreSQL, 4.0 M rows, by both lanes of the job, verified by sums, with three warm workers; against DuckDB's
 * bare `create table as` of the same tables in one process that checks nothing. In turn, so many times.
 */
const ROUNDS = Number(process.argv[2] ?? 5);

await using jobs = await startTableJobs();
const lanes = { bare: [] as Measured[], scan: [] as Measured[], copy: [] as Measured[] };
await jobs.job();
for (let round = 0; round < ROUNDS; round++) {
  lanes.bare.push(await jobs.bare());
  lanes.scan.push(await jobs.job());
  lanes.copy.push(await jobs.job('--lane', 'copy'));
}
const of = (lane: keyof typeof lanes, pick: keyof Measured) => median(lanes[lane].map((each) => each[pick]));
const figure = (lane: 'scan' | 'copy', pick: keyof Measured, goal: string) => {
  const scale = pick === 'cpu' ? jobs.rows / 1e6 : 1;
  const unit = pick === 'cpu' ? 'CPU-s per M rows' : 's';
  return {
    what: `${lane === 'scan' ? 'DuckDB’s reader where it is worth it' : '--lane copy'}: ${pick === 'cpu' ? 'processor time of all' : 'first table planned → report'}`,
    measured: `${(of(lane, pick) / scale).toFixed(2)} ${unit}`,
    against: `${(of('bare', pick) / scale).toFixed(2)}`,
    ratio: (of(lane, pick) / of('bare', pick)).toFixed(2),
    goal,
  };
};
print(`${jobs.tables} tables of PostgreSQL, ${jobs.rows} rows, against DuckDB alone; median of ${ROUNDS}`, [
  figure('scan', 'seconds', '≤ 1.3'),
  figure('scan', 'cpu', '–'),
  figure('copy', 'seconds', '≤ 1.7'),
  figure('copy', 'cpu', '–'),
]);
console.log(JSON.stringify(lanes));
