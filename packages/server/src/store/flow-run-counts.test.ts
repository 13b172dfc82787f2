import { SECOND, toInstant, toMicros } from '@sluice/core/lib/time';
import type { StateType } from '@sluice/core/model/state-type';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Sql } from '../db/database.ts';
import { createRunCounts } from '../services/housekeeping.ts';
import { flowChange, newFlowRun, startTestEngine, type TestEngine, taskStep } from '../testing/test-engine.ts';
import { makeDeployment, makeFlow, makePool } from '../testing/test-records.ts';
import { deleteFlowRuns } from './delete-runs.ts';
import { compileFilters } from './filters.ts';
import { countFlowRuns, type Filters } from './flow-run-counts.ts';
import { readHistory } from './history.ts';
import { readRunSummary } from './run-summary.ts';

let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
});
afterAll(() => engine[Symbol.asyncDispose]());

/** The same numbers each time, so that a failure can be seen again. */
function numbers(seed: number) {
  let state = seed;
  const below = (count: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * count);
  };
  return { below, oneOf: <T>(of: readonly T[]): T => of[below(of.length)] as T };
}

const START = '2026-01-01T00:00:00.000000+00:00';
const HOUR_MICROS = 3_600_000_000;
const HOURS = 40;
const at = (hours: number) => toInstant(toMicros(START) + Math.round(hours * HOUR_MICROS));
const TYPES: readonly StateType[] = [
  'PENDING',
  'RUNNING',
  'COMPLETED',
  'COMPLETED',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'CRASHED',
  'SCHEDULED',
  'PAUSED',
];

interface Bucket {
  readonly interval_start: string;
  readonly states: readonly {
    state_type: string;
    state_name: string;
    count_runs: number;
    sum_estimated_run_time: number;
    sum_estimated_lateness: number;
  }[];
}

const flatten = (buckets: readonly Bucket[]) =>
  buckets
    .flatMap(({ interval_start, states }) =>
      states.map(({ state_type, state_name, count_runs, ...sums }) => ({
        key: `${toMicros(interval_start)} ${state_type} ${state_name} ${count_runs}`,
        micros: [sums.sum_estimated_run_time, sums.sum_estimated_lateness].map((sum) => Math.round(sum * SECOND)).join(' '),
      })),
    )
    .sort((a, b) => (a.key < b.key ? -1 : 1));

/** The history as the runs themselves tell it, one by one. */
async function plainHistory(sql: Sql, filters: Filters, span: { start: string; end: string; seconds: number }) {
  const rows = await sql<{ start: string; type: string; name: string; count: number; run: number; late: number }[]>`
    select to_json(${span.start}::timestamptz + floor(extract(epoch from v.expected_start_time - ${span.start}::timestamptz) / ${span.seconds})
        * ${span.seconds} * interval '1 second') #>> '{}' as start, v.state_type as type, v.state_name as name, count(*)::integer as count,
      sum(v.estimated_run_time) as run, sum(v.estimated_start_time_delta) as late
    from flow_run_view v where v.expected_start_time >= ${span.start} and v.expected_start_time < ${span.end} and ${compileFilters(sql, 'flow_run', filters)}
    group by 1, 2, 3`;
  return flatten(
    rows.map(({ start, type, name, count, run, late }) => ({
      interval_start: start,
      states: [{ state_type: type, state_name: name, count_runs: count, sum_estimated_run_time: run, sum_estimated_lateness: late }],
    })),
  );
}

test('what is counted of ended runs is what the runs tell, whatever was done with them, and while it is added up', async () => {
  const { sql, database, door, newId } = engine;
  const { below, oneOf } = numbers(7);
  const pools = await Promise.all([makePool(sql), makePool(sql)]);
  const flows = await Promise.all([0, 1, 2].map(() => makeFlow(sql)));
  const deployments = await Promise.all(flows.map((flow, index) => makeDeployment(sql, flow, pools[index % 2]?.queue_id ?? null)));
  const parent = (await door.submit(newFlowRun(flows[0] as string))).id;
  await door.submit(flowChange(parent, 'RUNNING'));
  const { id: task } = await door.submit(taskStep(parent));
  const adder = createRunCounts({ database });
  const ids: string[] = [];

  const acts: readonly (() => Promise<unknown>)[] = [
    async () => {
      const deployed = below(3);
      const row = {
        id: newId(),
        deployment_id: deployed < 2 ? (deployments[deployed] ?? null) : null,
        work_queue_id: pools[deployed]?.queue_id ?? null,
      };
      const proposed = { type: 'SCHEDULED' as const, state_details: { scheduled_time: at(below(HOURS * 60) / 60) } };
      await door.submit(newFlowRun(oneOf(flows), { ...row, parent_task_run_id: below(4) === 0 ? task : null }, { proposed }));
      ids.push(row.id);
    },
    async () => {
      const id = oneOf(ids);
      await door.submit(flowChange(id, oneOf(TYPES), { force: true }));
    },
    () => sql`update flow_run set name = 'renamed', start_time = expected_start_time + interval '7 seconds' where id = ${oneOf(ids)}`,
    () => database.transaction((tx) => deleteFlowRuns(tx, { id: oneOf(ids) })),
    () => adder.tick(),
  ];
  for (let round = 0; round < 60; round++) {
    const some =
      ids.length === 0 ? Array(8).fill(acts[0]) : Array.from({ length: 8 }, () => oneOf([0, 0, 0, 1, 1, 1, 1, 2, 3, 4].map((act) => acts[act])));
    const done = await Promise.allSettled(some.map((act) => act()));
    // A run that was deleted a moment before is no fault.
    const faults = done.filter((each) => each.status === 'rejected' && (each.reason as { code?: string }).code !== 'NOT_FOUND');
    expect(faults).toEqual([]);
  }
  await sql`delete from deployment where id = ${deployments[1] as string}`;
  await sql`delete from flow where id = ${flows[2] as string}`;

  const filters: Filters[] = [
    {},
    { flows: { id: { any_: [flows[0], flows[1]] } } },
    { deployments: { id: { any_: [deployments[0]] } } },
    { work_pools: { name: { any_: [pools[0]?.name] } } },
    { flow_runs: { state: { type: { any_: ['COMPLETED', 'RUNNING'] } } } },
    { flow_runs: { operator: 'or_', state: { name: { any_: ['Failed'] } }, parent_task_run_id: { is_null_: false } } },
    { flow_runs: { parent_task_run_id: { is_null_: true } }, flows: { id: { any_: [flows[0]] } } },
    { flow_runs: { name: { like_: 'renamed' } } },
  ];
  const spans = [
    { start: START, end: at(HOURS), seconds: 3600 },
    { start: at(3), end: at(HOURS - 0.3), seconds: 7200 },
    { start: at(2.5), end: at(30), seconds: 3600 },
    { start: at(4), end: at(4.2), seconds: 3600 },
    { start: at(5), end: at(6), seconds: 60 },
  ];
  for (const added of [0, 1, 2]) {
    // One transaction has one now(), by which open runs are told to run, and to be late.
    await database.transaction(async (tx) => {
      for (const filter of filters) {
        for (const span of spans) {
          const history = flatten(JSON.parse(await readHistory(tx, 'flow_run', filter, span)) as Bucket[]);
          expect(history, JSON.stringify({ added, filter, span })).toEqual(await plainHistory(tx, filter, span));
        }
        const rows = await tx<{ type: string }[]>`select v.state_type as type from flow_run_view v where ${compileFilters(tx, 'flow_run', filter)}`;
        expect(await countFlowRuns(tx, filter), JSON.stringify(filter)).toBe(rows.length);
        for (const { state_type, count } of await readRunSummary(tx, 'flow_run', filter))
          expect(count, `${state_type} ${JSON.stringify(filter)}`).toBe(rows.filter(({ type }) => type === state_type).length);
      }
    });
    await adder.tick();
  }
  const [kept] = await sql<[{ rows: number; keys: number }]>`
    select count(*)::integer as rows, count(distinct (scope_id, hour, is_subflow, state_type, state_name))::integer as keys from flow_run_count`;
  expect(kept.rows, 'a row for each hour and scope').toBe(kept.keys);
  expect(ids.length).toBeGreaterThan(100);
});

test('what is counted twice is one row, with an hour or without', async () => {
  const scope = '00000000-0000-0000-0000-0000000000aa';
  const counts = () =>
    engine.sql`
      select to_json(hour at time zone 'UTC') #>> '{}' as hour, runs::integer, is_new from flow_run_count where scope_id = ${scope} order by hour nulls last`;
  for (let turn = 1; turn <= 3; turn++) {
    await engine.sql`
      insert into flow_run_count (scope_id, hour, is_subflow, state_type, state_name, runs, run_seconds, late_seconds)
      select ${scope}, hour, false, 'COMPLETED', 'Completed', 2, 1, 1 from unnest(array['2026-01-01T00:00Z', null]::timestamptz[]) hour`;
    await createRunCounts(engine).tick();
    expect(await counts()).toEqual([
      { hour: '2026-01-01T00:00:00', runs: 2 * turn, is_new: false },
      { hour: null, runs: 2 * turn, is_new: false },
    ]);
  }
});
