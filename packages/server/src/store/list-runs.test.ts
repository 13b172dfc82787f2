import { SORTS } from '@sluice/core/api/filter-table';
import { sortKey } from '@sluice/core/api/keyset';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { seconds } from '../../../../tests/support/patience.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { explaining, type Plan } from '../testing/explaining.ts';
import { fillEndedRuns } from '../testing/fill-ended-runs.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { compileFilters } from './filters.ts';
import { type Cursor, findPage } from './keyset.ts';
import { listRuns } from './list-runs.ts';
import { textOf } from './records.ts';

const RUNS = 40_000;
const DAYS = 30;
const LIMIT = 100;
const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

const WEEK = { after_: daysAgo(21), before_: daysAgo(14) };
const WEEK_RUNS = (RUNS * 7) / DAYS;
const FAILED_OF_WEEK = WEEK_RUNS / 20;
const failed = { type: { any_: ['FAILED'] } };

let owned: TestDatabase;
let database: Database;

beforeAll(async () => {
  owned = await createTestDatabase(inject('postgres'));
  await migrate(owned.url);
  await fillEndedRuns(owned.url, { runs: RUNS, tasksEvery: 2, logs: 100, days: DAYS });
  database = openDatabase(owned.url, { max: 2 });
}, seconds(60));
afterAll(async () => {
  await database.close();
  await owned.drop();
});

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** What a list of these runs has looked at: so many rows of the table, and the kinds of nodes that did. */
async function looksOf(noun: 'flow_run' | 'task_run', filters: object, order: string) {
  const plans: Plan[] = [];
  await listRuns(explaining(database.sql, plans), noun, { filters: filters as never, order, limit: LIMIT, offset: 0 });
  const scans = plans.flatMap(nodesOf).filter((node) => node['Relation Name'] === noun);
  const rows = scans.map((node) => (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']);
  return { rows: rows.reduce((sum, each) => sum + each, 0), kinds: scans.map((node) => node['Node Type']) };
}

const OTHER_ORDERS = [SORTS.flow_run.START_TIME_DESC, SORTS.flow_run.START_TIME_ASC, SORTS.flow_run.ID_DESC];
const FAILED_RUNS = [
  { what: 'failed', flow_runs: { state: failed, expected_start_time: WEEK } },
  { what: 'failed or crashed', flow_runs: { state: { type: { any_: ['FAILED', 'CRASHED'] } }, expected_start_time: WEEK } },
  { what: 'Failed, by the name of their state', flow_runs: { state: { name: { any_: ['Failed'] } }, expected_start_time: WEEK } },
];

test.each(FAILED_RUNS.flatMap((each) => OTHER_ORDERS.map((order) => ({ ...each, order }))))(
  'runs of a week that $what, by $order, are found in the index, and only those of the page are read',
  async ({ flow_runs, order }) => {
    const { rows, kinds } = await looksOf('flow_run', { flow_runs }, order);
    expect(kinds).toContain('Index Only Scan');
    expect(rows).toBeLessThan(FAILED_OF_WEEK * 1.2 + LIMIT);
  },
);

test.each([
  { noun: 'flow_run', filter: { expected_start_time: WEEK }, order: SORTS.flow_run.START_TIME_DESC, most: WEEK_RUNS },
  { noun: 'flow_run', filter: { expected_start_time: WEEK }, order: SORTS.flow_run.ID_DESC, most: WEEK_RUNS },
  { noun: 'flow_run', filter: { start_time: WEEK }, order: SORTS.flow_run.EXPECTED_START_TIME_DESC, most: WEEK_RUNS },
  { noun: 'flow_run', filter: { end_time: WEEK }, order: SORTS.flow_run.ID_DESC, most: WEEK_RUNS },
  { noun: 'task_run', filter: { expected_start_time: WEEK }, order: SORTS.task_run.ID_DESC, most: WEEK_RUNS },
] as const)('a $noun of a week ($filter), by $order, is not looked for among all that came after it', async ({ noun, filter, order, most }) => {
  const { rows } = await looksOf(noun, { [`${noun}s`]: filter }, order);
  expect(rows).toBeLessThan(most * 1.05 + LIMIT);
});

test('what stands at the start of the list is taken from there, and no more is read than the page has', async () => {
  const { rows } = await looksOf(
    'flow_run',
    { flow_runs: { expected_start_time: { after_: daysAgo(7), before_: daysAgo(0) } } },
    SORTS.flow_run.START_TIME_DESC,
  );
  expect(rows).toBeLessThan(2 * LIMIT + 10);
});

test.each([
  { flow_runs: { state: failed, expected_start_time: WEEK } },
  { flow_runs: { state: failed, start_time: WEEK, operator: 'or_' } },
  { flow_runs: { expected_start_time: WEEK, parent_flow_run_id: { is_null_: true } } },
  { flow_runs: { expected_start_time: WEEK, work_queue_name: { any_: ['queue-1'] } }, work_pools: { name: { any_: ['filled-pool-1'] } } },
  { flow_runs: { end_time: WEEK, tags: { all_: ['nightly'] } }, flows: { name: { like_: 'flow-' } } },
])('the list is the same as it is without a look at the span: %j', async (filters) => {
  const { sql } = database;
  for (const order of Object.values(SORTS.flow_run)) {
    const page = { limit: LIMIT, offset: 30 };
    const json = await textOf(await listRuns(sql, 'flow_run', { filters, order, ...page }));
    const listed = (JSON.parse(json) as { id: string }[]).map(({ id }) => id);
    const byId = order.endsWith(' desc') ? sql`desc` : sql`asc`;
    const expected = await sql<{ id: string }[]>`
      select id from flow_run_view v where ${compileFilters(sql, 'flow_run', filters)}
      order by ${sql.unsafe(order)}, id ${byId} limit ${page.limit} offset ${page.offset}`;
    expect(listed.length).toBeGreaterThan(0);
    expect(listed).toEqual(expected.map(({ id }) => id));
  }
});

test.each(OTHER_ORDERS)('a page of our own comes to an old span at once, by %s, and the pages have all that is in it', async (order) => {
  const { sql } = database;
  const filters = { flow_runs: { state: failed, expected_start_time: WEEK } };
  const where = compileFilters(sql, 'flow_run', filters);
  const query = { view: 'flow_run_view', key: sortKey(order), where, own: filters.flow_runs, limit: LIMIT } as const;
  const found: string[] = [];
  for (let after: Cursor | null | undefined; after !== null; ) {
    const { ids, next, reached } = await findPage(sql, { ...query, after });
    expect({ rows: ids.length === LIMIT || next === null, reached }).toEqual({ rows: true, reached: null });
    found.push(...ids);
    after = next;
  }
  const byId = order.endsWith(' desc') ? sql`desc` : sql`asc`;
  const expected = await sql<{ id: string }[]>`select id from flow_run_view v where ${where} order by ${sql.unsafe(order)}, id ${byId}`;
  expect(found).toEqual(expected.map(({ id }) => id));
});
