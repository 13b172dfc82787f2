import { openDatabase } from '../db/database.ts';

/** How much is stored, and the days over which it happened. */
export interface Fill {
  readonly runs: number;
  /** Every so many-th flow run has two task runs. */
  readonly tasksEvery: number;
  /** Lines of the newest run; the others share as many. */
  readonly logs: number;
  readonly days: number;
}

/** Ids as a server makes them, by time; the same for the same seed, so that one statement can refer to the rows of another. */
const MADE_ID = `
  create function pg_temp.made_id(at timestamptz, seed text) returns uuid stable language sql as $$
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(seed), 1, 3) || '8' || substr(md5(seed), 4, 15))::uuid
  $$`;

const ONE_OF = `
  create function pg_temp.one_of(words text[], i bigint) returns text immutable language sql as $$ select words[1 + i % cardinality(words)] $$`;

/** When the run with this number was expected. */
const RUN_TIMES = `
  create temp table filled on commit drop as
  select i, pg_temp.made_id(at, 'run' || i) as id, pg_temp.made_id(at, 'state' || i) as state_id, at,
    at + (i % 7) * interval '150 milliseconds' as started, at + interval '2 seconds' + (i % 601) * interval '1 second' as ended,
    case when i % 5003 = 0 then 'CRASHED' when i % 97 = 0 then 'CANCELLED' when i % 20 = 0 then 'FAILED' else 'COMPLETED' end as type
  from (select i, now() - $2 * interval '1 day' + (i - 1) * ($2 * interval '1 day' / $1) as at from generate_series(1, $1::bigint) i) run`;

const NOUNS = [
  `insert into flow (id, created, updated, name, tags)
    select pg_temp.made_id(now(), 'flow' || i), now(), now(), 'filled-flow-' || i, array['team-' || i % 3] from generate_series(0, 7) i`,
  `insert into work_pool (id, created, updated, name, type)
    select pg_temp.made_id(now(), 'pool' || i), now(), now(), 'filled-pool-' || i, 'process' from generate_series(0, 2) i`,
  `insert into work_queue (id, created, updated, name, priority, work_pool_id)
    select pg_temp.made_id(now(), 'queue' || i), now(), now(), 'queue-' || i, 1 + i / 3, pg_temp.made_id(now(), 'pool' || i % 3) from generate_series(0, 5) i`,
  `insert into deployment (id, created, updated, name, flow_id, work_queue_id)
    select pg_temp.made_id(now(), 'deployment' || i), now(), now(), 'filled-' || i, pg_temp.made_id(now(), 'flow' || i % 8),
      pg_temp.made_id(now(), 'queue' || i % 6) from generate_series(0, 23) i`,
];

/** A third of the runs has no deployment; every tenth is a child of the run before. */
const FLOW_RUNS = `
  insert into flow_run (id, created, updated, name, flow_id, deployment_id, work_queue_id, parameters, tags, parent_task_run_id, state_id,
    state_type, state_name, state_timestamp, run_count, expected_start_time, start_time, end_time, total_run_time, epoch, worker_name)
  select f.id, at, ended, pg_temp.one_of('{load,check,copy,sweep,merge}', i) || '-' || pg_temp.one_of('{orders,flights,customers,events,ledger,items,prices}', i)
      || '-' || i, pg_temp.made_id(now(), 'flow' || i % 8), case when i % 3 > 0 then pg_temp.made_id(now(), 'deployment' || i % 24) end,
    case when i % 3 > 0 then pg_temp.made_id(now(), 'queue' || i % 6) end, json_build_object('table', i % 20, 'full', i % 2 = 0),
    case when i % 50000 = 0 then '{rare}' when i % 10 = 0 then '{nightly,etl}' else '{}' end::text[],
    case when i % 10 = 7 and (i - 1) % $1 = 0 then pg_temp.made_id(at, 'parent' || i) end, state_id, type, initcap(type), ended, 1, at, started,
    ended, extract(epoch from ended - started), 1, 'worker-' || i % 5
  from filled f order by i`;

const FLOW_RUN_STATES = `
  insert into flow_run_state (id, flow_run_id, type, name, timestamp, message, epoch, xid)
  select state_id, id, type, initcap(type), ended, case when type <> 'COMPLETED' then 'It did not go well.' end, 1, null from filled order by i`;

const TASK_RUNS = `
  insert into task_run (id, created, updated, name, flow_run_id, task_key, dynamic_key, tags, state_id, state_type, state_name, state_timestamp,
    run_count, flow_run_run_count, expected_start_time, start_time, end_time, total_run_time)
  select pg_temp.made_id(at, 'task' || k || '.' || i), at, ended, pg_temp.one_of('{extract,load}', k) || '-' || i, f.id, 'task-' || k, '0',
    case when k = 1 then '{heavy}' else '{}' end::text[], pg_temp.made_id(at, 'taskstate' || k || '.' || i), type, initcap(type), ended, 1, 1, started, started,
    ended, extract(epoch from ended - started)
  from filled f cross join generate_series(0, 1) k where i % $1 = 0 order by i, k`;

const TASK_RUN_STATES = `
  insert into task_run_state (id, task_run_id, type, name, timestamp, epoch, xid)
  select pg_temp.made_id(at, 'taskstate' || k || '.' || i), pg_temp.made_id(at, 'task' || k || '.' || i), type, initcap(type), ended, 1, null
  from filled cross join generate_series(0, 1) k where i % $1 = 0 order by i, k`;

const LINE = `pg_temp.one_of('{10,20,20,20,20,20,30,20,40,20}', line)::integer as level, pg_temp.one_of('{read,wrote,verified,sent}', line) || ' '
  || line || ' rows of ' || pg_temp.one_of('{orders,flights,customers,events,ledger,items,prices}', line) || ' in part ' || md5(line::text)
  || case when line % 9973 = 0 then ' Connection reset by peer' else '' end as message`;

/** The newest run has as many lines as all others together. */
const LOGS = `
  insert into log (id, created, name, level, message, timestamp, flow_run_id, xid)
  select pg_temp.made_id(at, 'line' || n || line), at, 'flow', level, message, at, flow_run_id, null
  from (
    select 'all' as n, line, f.started + (line % 20) * interval '10 milliseconds' as at, f.id as flow_run_id, \${LINE}
    from generate_series(1, $1::bigint) line join filled f on f.i = 1 + (line / 20) * greatest(1, $2::bigint * 20 / $1)
    union all
    select 'one', line, f.started + line * interval '1 millisecond', f.id, \${LINE}
    from generate_series(1, $1::bigint) line join filled f on f.i = $2
  ) lines order by at`.replaceAll('${LINE}', LINE);

/** Fills the database of a server with runs that have ended: a statement a table. */
export async function fillEndedRuns(url: string, { runs, tasksEvery, logs, days }: Fill): Promise<void> {
  const { sql, transaction, close } = openDatabase(url, { max: 1, settings: { statement_timeout: '0' } });
  try {
    await transaction(async (tx) => {
      for (const text of [MADE_ID, ONE_OF]) await tx.unsafe(text);
      await tx.unsafe(RUN_TIMES, [runs, days]);
      await tx.unsafe('analyze filled');
      for (const text of NOUNS) await tx.unsafe(text);
      await tx.unsafe(FLOW_RUNS, [tasksEvery]);
      await tx.unsafe(FLOW_RUN_STATES);
      await tx.unsafe(TASK_RUNS, [tasksEvery]);
      await tx.unsafe(TASK_RUN_STATES, [tasksEvery]);
      await tx.unsafe(LOGS, [logs, runs]);
    });
    await sql.unsafe('vacuum analyze');
  } finally {
    await close();
  }
}
