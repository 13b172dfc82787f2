import { type RouteKey, routes } from '@sluice/core/api/routes';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { seconds } from '../../../../tests/support/patience.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { clientQuestions } from '../testing/client-questions.ts';
import { explaining, type Plan } from '../testing/explaining.ts';
import { fillEndedRuns } from '../testing/fill-ended-runs.ts';
import { type KnownRecords, pageQuestions, type Question } from '../testing/page-questions.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import type { Deps, Handler } from './handlers.ts';
import { flowRunHandlers } from './routes/flow-runs.ts';
import { logHandlers } from './routes/logs.ts';
import { poolOverviewHandlers } from './routes/pool-overview.ts';
import { taskRunHandlers } from './routes/task-runs.ts';

/*
 * What a page asks for is planned so that it takes as long with a million runs as with these. No time is measured: the plans of the
 * very statements are read. Costs are those of a table that is twenty times as large, and a table is read from end to end only where
 * there is no other way, since at this size it would often be the best one.
 */
const SIZE = 20;
const SETTINGS = {
  enable_seqscan: 'off',
  ...Object.fromEntries(
    Object.entries({ seq_page_cost: 1, random_page_cost: 1.1, cpu_tuple_cost: 0.01, cpu_index_tuple_cost: 0.005, cpu_operator_cost: 0.0025 }).map(
      ([name, cost]) => [name, String(cost * SIZE)],
    ),
  ),
};
const LARGE = ['flow_run', 'task_run', 'log', 'flow_run_state', 'task_run_state'];
const MANY_ROWS = 5000;
/** So many runs one request may look at and not want, of the 40,000 that are there. */
const MANY_UNWANTED = 16_000;

const hasLimit = (plan: Plan): boolean => plan['Node Type'] === 'Limit' || (plan.Plans ?? []).some(hasLimit);

/** What in a plan takes longer the more is stored. */
function faultsOf(plan: Plan, isLimited = false): string[] {
  const type = plan['Node Type'];
  const table = plan['Relation Name'] ?? '';
  const isLookedUp = plan['Index Cond'] !== undefined || plan['Recheck Cond'] !== undefined;
  const inside = plan.Plans ?? [];
  const unwanted = (plan['Rows Removed by Filter'] ?? 0) * plan['Actual Loops'];
  return [
    ...(table === 'flow_run' && unwanted > MANY_UNWANTED ? [`${unwanted} rows of flow_run that are not wanted`] : []),
    ...(LARGE.includes(table) && (type === 'Seq Scan' || !(isLookedUp || isLimited)) ? [`${type} of all of ${table}`] : []),
    ...(type === 'Sort' && inside.some((each) => each['Plan Rows'] > MANY_ROWS && !hasLimit(each))
      ? [`a sort of ${inside[0]?.['Plan Rows']} rows`]
      : []),
    ...inside.flatMap((each) => faultsOf(each, isLimited || type === 'Limit')),
  ];
}

let owned: TestDatabase;
let database: Database;

beforeAll(async () => {
  owned = await createTestDatabase(inject('postgres'));
  await migrate(owned.url);
  await fillEndedRuns(owned.url, { runs: 40_000, tasksEvery: 2, logs: 20_000, days: 30 });
  database = openDatabase(owned.url, { max: 2, settings: SETTINGS });
}, seconds(60));
afterAll(async () => {
  await database.close();
  await owned.drop();
});

/** What in the plans of all statements of a question takes longer the more is stored. */
async function faultsIn({ route, input }: Pick<Question, 'route' | 'input'>): Promise<string[]> {
  const plans: Plan[] = [];
  const explained = { ...database, sql: explaining(database.sql, plans) };
  const deps = { database: explained, byKey: explained } as unknown as Deps;
  const handlers = { ...flowRunHandlers(deps), ...taskRunHandlers(deps), ...logHandlers(deps), ...poolOverviewHandlers(deps) } as unknown as {
    [key: string]: Handler<RouteKey>;
  };
  const parsed = (['params', 'query', 'body'] as const).map((part) => {
    const schema = (routes[route] as { readonly [P in typeof part]?: { parse(value: unknown): unknown } })[part];
    return [part, schema?.parse(input[part] ?? {})];
  });
  await handlers[route]?.(Object.fromEntries(parsed) as never);
  expect(plans.length).toBeGreaterThan(0);
  return plans.flatMap((plan) => faultsOf(plan));
}

const NOBODY = uuidv7();
const numbered = (of: (known: KnownRecords) => readonly Question[]) =>
  of({ flow: NOBODY, deployment: NOBODY, newest_run: NOBODY }).map(({ what }, index) => [what, of, index] as const);

test.each([...numbered(pageQuestions), ...numbered(clientQuestions)])(
  'a page’s question reads no more the more there is: %s',
  async (_what, of, index) => {
    const [known] = await database.sql<[KnownRecords]>`
    select (select flow_id from flow_run limit 1) as flow, (select id from deployment limit 1) as deployment,
      (select id from flow_run order by id desc limit 1) as newest_run`;
    expect(await faultsIn(of(known)[index] as Question)).toEqual([]);
  },
);

/** So it is seen that this test would see it. */
const SLOW: readonly Pick<Question, 'what' | 'route' | 'input'>[] = [
  { what: 'task runs by name', route: 'POST /task_runs/page', input: { body: { sort: 'NAME_ASC' } } },
  {
    what: 'runs by their end, those that have none first, as Prefect lists them',
    route: 'POST /flow_runs/filter',
    input: { body: { sort: 'END_TIME_DESC' } },
  },
  {
    what: 'all runs with a part of a name, counted',
    route: 'POST /flow_runs/count',
    input: { body: { flow_runs: { name: { like_: 'orders-1' } } } },
  },
  {
    what: 'all runs with a name that one has, by a list that nothing bounds',
    route: 'POST /flow_runs/filter',
    input: { body: { flow_runs: { name: { like_: 'load-orders-35' } } } },
  },
  {
    what: 'all task runs in a state, counted',
    route: 'POST /task_runs/count',
    input: { body: { task_runs: { state: { type: { any_: ['FAILED'] } } } } },
  },
];

test.each(SLOW)('no page asks for what is slow: $what', async (question) => {
  expect(await faultsIn(question)).not.toEqual([]);
});

test('a search stops after so many runs, says where, and goes on from there to what is at the far end', async () => {
  const handlers = flowRunHandlers({ database, byKey: database } as unknown as Deps) as unknown as { [key: string]: Handler<RouteKey> };
  const ask = async (after: string | null) => {
    const body = routes['POST /flow_runs/page'].body.parse({
      flow_runs: { name: { like_: 'check-flights-1' } },
      sort: 'EXPECTED_START_TIME_DESC',
      limit: 50,
      after,
    });
    const reply = (await handlers['POST /flow_runs/page']?.({ body } as never)) as { body: string };
    return JSON.parse(reply.body) as { records: { name: string }[]; next: string | null; reached: string | null };
  };
  await database.sql`update flow_run set name = 'Check-Flights-1%' where id = (select id from flow_run order by id limit 1)`;
  const first = await ask(null);
  expect(first).toMatchObject({ next: expect.any(String), reached: expect.any(String) });
  const pages = [first];
  for (let next = first.next; next; next = pages.at(-1)?.next ?? null) pages.push(await ask(next));
  const found = pages.flatMap(({ records }) => records.map(({ name }) => name));
  expect(found.at(-1)).toBe('Check-Flights-1%');
  const [row] = await database.sql<[{ count: number }]>`select count(*)::integer as count from flow_run where name ilike '%check-flights-1%'`;
  expect(found).toHaveLength(row.count);
});
