import { FILTERS, type FilterField, type FilterNode, type FilterTable, type Noun, type Operator, SORTS } from '@sluice/core/api/filter-table';
import { toMicros } from '@sluice/core/lib/time';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { call } from '../testing/http-call.ts';
import { populate, type Row } from '../testing/populate.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let rows: { [noun in Noun]: Row[] };

const post = async (path: string, body: unknown) => {
  const { status, json } = await call(server.url, 'POST', path, { body });
  expect(status, `${path} ${JSON.stringify(json)}`).toBeLessThan(300);
  return json as Row;
};
const list = (path: string, body: object) => post(path, body) as unknown as Promise<Row[]>;

/** Where each noun is listed, and under which key its filter stands. */
const LISTS: { readonly [noun in Noun]: { readonly path: string; readonly key: string } } = {
  flow: { path: '/flows/filter', key: 'flows' },
  flow_run: { path: '/flow_runs/filter', key: 'flow_runs' },
  task_run: { path: '/task_runs/filter', key: 'task_runs' },
  deployment: { path: '/deployments/filter', key: 'deployments' },
  work_pool: { path: '/work_pools/filter', key: 'work_pools' },
  work_queue: { path: '/work_pools/pool-0/queues/filter', key: 'work_queues' },
  worker: { path: '/work_pools/pool-0/workers/filter', key: 'workers' },
  log: { path: '/logs/filter', key: 'logs' },
  variable: { path: '/variables/filter', key: 'variables' },
  automation: { path: '/automations/filter', key: 'automations' },
  artifact: { path: '/artifacts/filter', key: 'artifacts' },
  artifact_collection: { path: '/artifacts/latest/filter', key: 'artifacts' },
  block_type: { path: '/block_types/filter', key: 'block_types' },
  block_schema: { path: '/block_schemas/filter', key: 'block_schemas' },
  block_document: { path: '/block_documents/filter', key: 'block_documents' },
  flow_run_notification_policy: { path: '/flow_run_notification_policies/filter', key: 'flow_run_notification_policy_filter' },
};

beforeAll(async () => {
  server = await startTestServer(inject('postgres'), { late_seconds: '999999999' }); // no run changes its name meanwhile
  await populate(post);
  const all = await Promise.all(Object.entries(LISTS).map(async ([noun, { path }]) => [noun, await list(path, {})]));
  rows = Object.fromEntries(all);
  // What a filter looks up, and no answer has.
  const { deployment, flow_run } = rows;
  rows.flow = rows.flow.map((flow) => ({ ...flow, a_deployment_id: deployment.find((each) => each['flow_id'] === flow.id)?.id ?? null }));
  rows.task_run = rows.task_run.map((task) => ({
    ...task,
    subflow_run_id: flow_run.find((run) => run['parent_task_run_id'] === task.id)?.id ?? null,
  }));
});
afterAll(() => server.stop());

const LISTED: readonly Operator[] = ['any_', 'not_any_', 'all_', 'id_', 'type_'];

const isNone = (value: unknown, values: unknown[]) => (Array.isArray(value) ? !value.some((each) => values.includes(each)) : !values.includes(value));

/** What an operator means, told once more and as plainly as can be. */
function holds(value: unknown, op: Operator, operand: unknown): boolean {
  const values = operand as unknown[];
  const time = (text: unknown) => (typeof text === 'string' && /^\d{4}-/.test(text) ? toMicros(text) : (text as number));
  if (op === 'is_null_') return (Array.isArray(value) ? value.length === 0 : value === null) === operand;
  if (op === 'exists_') return (value !== null) === operand;
  if (op === 'not_any_') return values.length === 0 || (value !== null && isNone(value, values));
  if (op === 'like_' && operand === '') return true;
  if (value === null) return false;
  if (op === 'any_' || op === 'id_' || op === 'type_')
    return Array.isArray(value) ? value.some((each) => values.includes(each)) : values.includes(value);
  if (op === 'all_') return values.every((each) => (value as unknown[]).includes(each));
  if (op === 'like_') return String(value).toLowerCase().includes(String(operand).toLowerCase());
  if (op === 'query') {
    // Every line is of the logger n.
    const words = String(operand).toLowerCase().split(' ').filter(Boolean);
    return words.length === 0 || words.some((word) => `${value} n`.toLowerCase().includes(word));
  }
  if (op === 'startswith_') return String(value).startsWith(String(operand));
  if (op === 'eq_') return value === operand;
  if (op === 'before_' || op === 'le_') return time(value) <= time(operand);
  return time(value) >= time(operand);
}

/** Operands that some records have, that none has, and that would mean something in SQL. */
function operands(noun: Noun, { column, type }: FilterField, op: Operator): unknown[] {
  if (op === 'is_null_' || op === 'exists_') return [true, false];
  if (op === 'eq_') return [true, false];
  const known = [...new Set(rows[noun].flatMap((row) => row[column] as unknown).filter((value) => value !== null && value !== undefined))];
  const strange: Record<FilterField['type'], unknown[]> = {
    uuid: [uuidv7()],
    text: ['', '%', '_', '\\', "'", 'no such', 'ALPHA', 'ö'],
    'text[]': ['no such', 'a"b', '{e}', 'c,d'],
    timestamptz: ['0001-01-01T00:00:00Z', '9999-12-31T00:00:00Z'],
    integer: [0, 25, 2_147_483_647],
    state_type: ['CANCELLED'],
    boolean: [],
    creator: [],
  };
  if (type === 'creator') return [[], op === 'id_' ? [uuidv7()] : ['FLOW_RUN', 'no such']];
  const single = [...known.slice(0, 4), known.at(-1), ...strange[type]].filter((value) => value !== undefined);
  if (!LISTED.includes(op)) return single;
  return [[], ...single.map((value) => [value]), known.slice(0, 3), known.slice(0, 2).concat(strange[type].slice(0, 1))];
}

/** A time stands in for one that is not there yet, and a creator is known by its id or its type. */
function valueAsked(row: Row, { column, instead }: FilterField, op: Operator): unknown {
  const value = row[column] ?? null;
  if (op === 'id_' || op === 'type_') return (value as Row | null)?.[op.slice(0, -1)] ?? null;
  return value === null && instead && (op === 'before_' || op === 'after_') ? row[instead] : value;
}

/** All fields of a table, with the way to them. */
const fieldsOf = (table: FilterTable): { way: string[]; field: FilterField }[] =>
  Object.entries(table).flatMap(([name, node]: [string, FilterNode]) =>
    'group' in node ? fieldsOf(node.group).map(({ way, field }) => ({ way: [name, ...way], field })) : [{ way: [name], field: node }],
  );

const nested = (way: readonly string[], inner: object): object => way.reduceRight<object>((value, name) => ({ [name]: value }), inner);
const ids = (records: readonly Row[]) => records.map(({ id }) => id).toSorted();

describe.each(Object.keys(FILTERS) as Noun[])('filters of %s', (noun) => {
  const { path, key } = LISTS[noun];
  const cases = fieldsOf(FILTERS[noun]).flatMap(({ way, field }) => field.ops.map((op) => ({ name: `${way.join('.')}.${op}`, way, field, op })));

  test.each(cases)('$name', async ({ way, field, op }) => {
    for (const operand of operands(noun, field, op)) {
      const found = await list(path, { [key]: nested(way, { [op]: operand }) });
      const expected = rows[noun].filter((row) => holds(valueAsked(row, field, op), op, operand));
      expect(ids(found), JSON.stringify(operand)).toEqual(ids(expected));
    }
  });
});

test('conditions are joined by and, or by or where that is asked', async () => {
  const [red, special] = [{ tags: { all_: ['red'] } }, { state: { name: { any_: ['Special'] } } }];
  const isRed = (row: Row) => (row['tags'] as string[]).includes('red');
  const isSpecial = (row: Row) => row['state_name'] === 'Special';
  const both = await list('/flow_runs/filter', { flow_runs: { ...red, ...special } });
  expect(ids(both)).toEqual(ids(rows.flow_run.filter((row) => isRed(row) && isSpecial(row))));
  const either = await list('/flow_runs/filter', { flow_runs: { operator: 'or_', ...red, ...special } });
  expect(ids(either)).toEqual(ids(rows.flow_run.filter((row) => isRed(row) || isSpecial(row))));
  const within = await list('/flow_runs/filter', { flow_runs: { tags: { operator: 'or_', all_: ['blue'], is_null_: true } } });
  expect(ids(within)).toEqual(
    ids(rows.flow_run.filter((row) => (row['tags'] as string[]).includes('blue') || (row['tags'] as string[]).length === 0)),
  );
});

describe('a filter on another noun asks about the records that belong to it', () => {
  const has = (noun: Noun, test: (row: Row) => boolean) => rows[noun].some(test);
  const isRed = (row: Row) => (row['tags'] as string[]).includes('red');
  const red = { tags: { all_: ['red'] } };
  const run = (id: unknown) => rows.flow_run.find((row) => row.id === id);

  test.each([
    ['flow runs of red flows', 'flow_run', { flows: red }, (row: Row) => has('flow', (flow) => flow.id === row['flow_id'] && isRed(flow))],
    [
      'flow runs with red task runs',
      'flow_run',
      { task_runs: red },
      (row: Row) => has('task_run', (task) => task['flow_run_id'] === row.id && isRed(task)),
    ],
    [
      'flow runs of red deployments',
      'flow_run',
      { deployments: red },
      (row: Row) => has('deployment', (d) => d.id === row['deployment_id'] && isRed(d)),
    ],
    ['flow runs of a pool', 'flow_run', { work_pools: { name: { any_: ['pool-1'] } } }, (row: Row) => row['work_pool_name'] === 'pool-1'],
    ['flow runs of a queue', 'flow_run', { work_pool_queues: { name: { any_: ['default'] } } }, (row: Row) => row['work_queue_name'] === 'default'],
    [
      'flows with failed runs',
      'flow',
      { flow_runs: { state: { type: { any_: ['FAILED'] } } } },
      (row: Row) => has('flow_run', (r) => r['flow_id'] === row.id && r['state_type'] === 'FAILED'),
    ],
    ['flows with red deployments', 'flow', { deployments: red }, (row: Row) => has('deployment', (d) => d['flow_id'] === row.id && isRed(d))],
    [
      'flows with red task runs',
      'flow',
      { task_runs: red },
      (row: Row) => has('task_run', (t) => isRed(t) && run(t['flow_run_id'])?.['flow_id'] === row.id),
    ],
    [
      'flows deployed on a pool',
      'flow',
      { work_pools: { name: { any_: ['pool-0'] } } },
      (row: Row) => has('deployment', (d) => d['flow_id'] === row.id && d['work_pool_name'] === 'pool-0'),
    ],
    ['task runs of red flow runs', 'task_run', { flow_runs: red }, (row: Row) => has('flow_run', (r) => r.id === row['flow_run_id'] && isRed(r))],
    [
      'task runs of red flows',
      'task_run',
      { flows: red },
      (row: Row) => has('flow', (f) => isRed(f) && f.id === run(row['flow_run_id'])?.['flow_id']),
    ],
    [
      'task runs of red deployments',
      'task_run',
      { deployments: red },
      (row: Row) => has('deployment', (d) => isRed(d) && d.id === run(row['flow_run_id'])?.['deployment_id']),
    ],
    [
      'task runs of a pool',
      'task_run',
      { work_pools: { name: { any_: ['pool-1'] } } },
      (row: Row) => run(row['flow_run_id'])?.['work_pool_name'] === 'pool-1',
    ],
    ['deployments of red flows', 'deployment', { flows: red }, (row: Row) => has('flow', (f) => isRed(f) && f.id === row['flow_id'])],
    [
      'deployments with failed runs',
      'deployment',
      { flow_runs: { state: { type: { any_: ['FAILED'] } } } },
      (row: Row) => has('flow_run', (r) => r['deployment_id'] === row.id && r['state_type'] === 'FAILED'),
    ],
    ['deployments of a queue', 'deployment', { work_pool_queues: { name: { any_: ['lane'] } } }, (row: Row) => row['work_queue_name'] === 'lane'],
    ['artifacts of red flow runs', 'artifact', { flow_runs: red }, (row: Row) => isRed(run(row['flow_run_id']) as Row)],
    ['artifacts of red task runs', 'artifact', { task_runs: red }, (row: Row) => has('task_run', (t) => t.id === row['task_run_id'] && isRed(t))],
    [
      'keys whose newest artifact is of a red flow',
      'artifact_collection',
      { flows: red },
      (row: Row) => has('flow', (f) => isRed(f) && f.id === run(row['flow_run_id'])?.['flow_id']),
    ],
    [
      'both at once',
      'flow_run',
      { flows: red, flow_runs: { state: { type: { any_: ['COMPLETED'] } } } },
      (row: Row) => row['state_type'] === 'COMPLETED' && has('flow', (f) => isRed(f) && f.id === row['flow_id']),
    ],
  ] as [string, Noun, object, (row: Row) => boolean][])('%s', async (_name, noun, body, expected) => {
    const found = await list(LISTS[noun].path, body);
    const wanted = ids(rows[noun].filter(expected));
    expect(ids(found)).toEqual(wanted);
    expect(wanted.length, 'the records tell the answers apart').toBeGreaterThan(0);
    expect(wanted.length).toBeLessThan(rows[noun].length);
    const count = LISTS[noun].path.replace('/filter', '/count');
    expect(await post(count, body)).toBe(wanted.length);
  });
});

describe('pages', () => {
  test.each(['flow', 'flow_run', 'task_run', 'deployment', 'log'] as const)('of %s in every order hold every record once', async (noun) => {
    for (const [sort, order] of Object.entries(SORTS[noun])) {
      const seen: Row[] = [];
      for (let offset = 0; offset < rows[noun].length; offset += 7) seen.push(...(await list(LISTS[noun].path, { sort, limit: 7, offset })));
      expect(ids(seen), sort).toEqual(ids(rows[noun]));
      const [column = '', direction] = /(\w+)"?\)? (asc|desc)/.exec(order)?.slice(1) ?? [];
      if (order.startsWith('coalesce')) continue;
      const keys = seen.map((row) => row[column]).filter((value) => value !== null) as (string | number)[];
      const sorted =
        column === 'name'
          ? keys.toSorted((a, b) => Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b))))
          : keys.toSorted((a, b) => toKey(a) - toKey(b));
      if (column !== 'id') expect(keys.map(String), sort).toEqual((direction === 'desc' ? sorted.toReversed() : sorted).map(String));
    }
  });

  const toKey = (value: string | number) => (typeof value === 'number' ? value : toMicros(value));

  test('beyond the end are empty', async () => {
    expect(await list('/flow_runs/filter', { offset: 1000 })).toEqual([]);
    expect(await list('/flow_runs/filter', { limit: 0 })).toEqual([]);
  });
});

test('the history counts every run once, in the interval of its expected start', async () => {
  const body = { history_start: '2026-01-01T00:00:00Z', history_end: '2026-01-11T00:00:00Z', history_interval_seconds: 86_400 };
  const buckets = (await list('/flow_runs/history', body)) as unknown as {
    interval_start: string;
    states: { state_type: string; count_runs: number }[];
  }[];
  expect(buckets).toHaveLength(10);
  for (const { interval_start, states } of buckets) {
    const day = interval_start.slice(0, 10);
    const expected = rows.flow_run.filter((row) => String(row['expected_start_time']).startsWith(day)).length;
    expect(
      states.reduce((sum, { count_runs }) => sum + count_runs, 0),
      day,
    ).toBe(expected);
  }
  expect(await list('/flow_runs/history', { ...body, flow_runs: { name: { like_: 'no such' } } })).toMatchObject([
    { states: [] },
    ...Array(9).fill({ states: [] }),
  ]);
});
