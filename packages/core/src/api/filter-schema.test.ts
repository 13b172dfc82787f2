import { describe, expect, test } from 'vitest';
import {
  artifactFilters,
  automationFilter,
  blockDocumentFilters,
  latestArtifactFilters,
  logFilter,
  MAX_PAGE,
  notificationPolicyFilter,
  poolFilter,
  queueFilter,
  runFilters,
  sort,
  variableFilter,
  workerFilter,
} from './filter-schema.ts';
import { FILTERS, type FilterField, type FilterNode, type FilterTable, type Noun, type Operator, SORTS } from './filter-table.ts';
import { routes } from './routes.ts';

const SCHEMAS = {
  flow: runFilters.flows,
  flow_run: runFilters.flow_runs,
  task_run: runFilters.task_runs,
  deployment: runFilters.deployments,
  work_pool: poolFilter.work_pools,
  work_queue: queueFilter.work_queues,
  worker: workerFilter.workers,
  log: logFilter.logs,
  variable: variableFilter.variables,
  automation: automationFilter.automations,
  artifact: artifactFilters.artifacts,
  artifact_collection: latestArtifactFilters.artifacts,
  block_type: blockDocumentFilters.block_types,
  block_schema: blockDocumentFilters.block_schemas,
  block_document: blockDocumentFilters.block_documents,
  flow_run_notification_policy: notificationPolicyFilter.flow_run_notification_policy_filter,
} satisfies { [noun in Noun]: unknown };

const VALUES = {
  uuid: '0192f3a4-0000-7000-8000-00000000000a',
  text: 'a',
  'text[]': 'a',
  timestamptz: '2026-11-24T10:00:00Z',
  integer: 20,
  state_type: 'RUNNING',
  boolean: true,
  creator: 'a',
} as const;

const LISTS: readonly Operator[] = ['any_', 'not_any_', 'all_', 'type_'];

const operand = ({ type }: FilterField, op: Operator): unknown =>
  op === 'id_' ? [VALUES.uuid] : LISTS.includes(op) ? [VALUES[type]] : op === 'is_null_' || op === 'exists_' ? true : VALUES[type];

/** Every field and operator of the table, as a filter of its own. */
function filtersOf(table: FilterTable): { name: string; filter: object }[] {
  return Object.entries(table).flatMap(([name, node]: [string, FilterNode]) =>
    'group' in node
      ? filtersOf(node.group).map((inner) => ({ name: `${name}.${inner.name}`, filter: { [name]: inner.filter } }))
      : node.ops.map((op) => ({ name: `${name}.${op}`, filter: { [name]: { [op]: operand(node, op) } } })),
  );
}

describe.each(Object.keys(FILTERS) as Noun[])('filters on a %s', (noun) => {
  const schema = SCHEMAS[noun];

  test.each(filtersOf(FILTERS[noun]))('$name', ({ filter }) => {
    expect(schema.safeParse(filter).success).toBe(true);
  });

  test('null and nothing ask nothing, fields may be joined by or', () => {
    const [first] = Object.keys(FILTERS[noun]) as [string];
    for (const value of [null, undefined, {}, { [first]: null }, { [first]: {} }, { operator: 'or_', [first]: { operator: 'and_' } }]) {
      expect(schema.safeParse(value).success, JSON.stringify(value)).toBe(true);
    }
  });

  test('a field, an operator or a joint that is not there is refused, not ignored', () => {
    const [first] = Object.keys(FILTERS[noun]) as [string];
    for (const value of [{ no_such_field: {} }, { [first]: { no_such_: 1 } }, { operator: 'xor_' }, [], 'a', { [first]: 'a' }]) {
      expect(schema.safeParse(value).success, JSON.stringify(value)).toBe(false);
    }
  });
});

test.each([
  ['an id that is none', { id: { any_: ['x'] } }],
  ['a list where there is one value', { name: { like_: ['a'] } }],
  ['one value where there is a list', { id: { any_: VALUES.uuid } }],
  ['a state type that is none', { state: { type: { any_: ['DONE'] } } }],
  ['a time that is none', { start_time: { before_: 'soon' } }],
  ['text for a truth', { start_time: { is_null_: 'true' } }],
  ['more than 10,000 ids', { id: { any_: Array.from({ length: 10_001 }, () => VALUES.uuid) } }],
])('%s is refused', (_name, filter) => {
  expect(runFilters.flow_runs.safeParse(filter).success).toBe(false);
});

test('times and ids of a filter come in any form and are compared in one', () => {
  expect(runFilters.flow_runs.parse({ id: { any_: ['0192F3A4000070008000000000000ABC'] }, start_time: { after_: '2026-11-24 10:00:00' } })).toEqual({
    id: { any_: ['0192f3a4-0000-7000-8000-000000000abc'] },
    start_time: { after_: '2026-11-24T10:00:00.000000+00:00' },
  });
});

test('a page has at most 200 records, and 200 when nothing is said', () => {
  const body = routes['POST /flow_runs/filter'].body;
  expect(body.parse(undefined)).toEqual({ limit: MAX_PAGE, offset: 0, sort: 'ID_DESC' });
  for (const bad of [{ limit: 201 }, { limit: -1 }, { offset: -1 }, { limit: 1.5 }, { sort: 'id; drop table flow' }, { flowruns: {} }]) {
    expect(body.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
  }
});

test('every sort of the table is one a client may name', () => {
  for (const noun of Object.keys(SORTS) as (keyof typeof SORTS)[]) {
    const schema = sort(noun, Object.keys(SORTS[noun])[0] as never);
    for (const name of Object.keys(SORTS[noun])) expect(schema.parse(name)).toBe(name);
    expect(schema.safeParse('toString').success).toBe(false);
  }
});
