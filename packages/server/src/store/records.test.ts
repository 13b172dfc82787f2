import { sortKey } from '@sluice/core/api/keyset';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Database, type Fragment, openDatabase, type Sql } from '../db/database.ts';
import { startTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { compileFilters } from './filters.ts';
import { countEvents, tallyEvents, tallyEventsByTime } from './find-events.ts';
import { readLateness } from './flow-runs.ts';
import { readHistory } from './history.ts';
import { findPage } from './keyset.ts';
import { readLogHistogram } from './log-histogram.ts';
import { countRecords, listRecords, readRecord } from './records.ts';
import { readRunSummary } from './run-summary.ts';

let engine: TestEngine;
let database: Database;

beforeAll(async () => {
  engine = await startTestEngine(inject('postgres'));
  database = openDatabase(engine.databaseUrl, { max: 1 });
});
afterAll(async () => {
  await database.close();
  await engine[Symbol.asyncDispose]();
});

/** Statements of this connection that are planned for any values once they have run five times. */
const planned = async () => {
  const rows = await database.sql<{ statement: string }[]>`
    select statement from pg_prepared_statements where statement ~ ${'(flow_run|log|event)_view|flow_run_count'} and statement !~ ${'^\\s*explain'}`;
  return rows.map(({ statement }) => statement);
};

const FILTERS = { flow_runs: { tags: { all_: ['nightly'] } } };
const EVENTS = { occurred: { since: '2026-01-01T00:00:00Z', until: '2026-01-02T00:00:00Z' } };
const SPAN = { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' };

test.each<[what: string, (sql: Sql, where: Fragment) => Promise<unknown>]>([
  ['a list', (sql, where) => listRecords(sql, 'flow_run_view', { where, order: 'start_time desc', limit: 5, offset: 0 })],
  ['a count', (sql, where) => countRecords(sql, 'flow_run_view', where)],
  ['a page', (sql, where) => findPage(sql, { view: 'flow_run_view', key: sortKey('id desc'), where, own: FILTERS.flow_runs, limit: 5 })],
  ['a history', (sql) => readHistory(sql, 'flow_run', FILTERS, { ...SPAN, seconds: 3600 })],
  ['a summary', (sql) => readRunSummary(sql, 'flow_run', FILTERS)],
  ['a summary of what is counted', (sql) => readRunSummary(sql, 'flow_run', {})],
  ['the lateness of runs', (sql, where) => readLateness(sql, where)],
  ['a count of events', (sql) => countEvents(sql, EVENTS)],
  ['a count of events by their names', (sql) => tallyEvents(sql, EVENTS, 'event')],
  ['a count of events by time', (sql) => tallyEventsByTime(sql, EVENTS, { pivot: SPAN.start, seconds: 60 })],
  ['a histogram of log lines', (sql) => readLogHistogram(sql, { level: { ge_: 40 } }, { ...SPAN, intervals: 10 })],
])('%s is planned for what is asked for, however often', async (_what, ask) => {
  const { sql } = database;
  await ask(sql, compileFilters(sql, 'flow_run', FILTERS));
  expect(await planned()).toEqual([]);
});

test('a record by its id is planned once', async () => {
  await readRecord(database.sql, 'flow_run_view', { id: engine.newId() });
  expect(await planned()).toHaveLength(1);
});
