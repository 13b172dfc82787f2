import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Database, openDatabase } from '../db/database.ts';
import { startTestEngine, type TestEngine } from '../testing/test-engine.ts';
import { compileFilters } from './filters.ts';
import { countRecords, listRecords, readRecord } from './records.ts';

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
  const rows = await database.sql<{ statement: string }[]>`select statement from pg_prepared_statements where statement like ${'%flow_run_view%'}`;
  return rows.map(({ statement }) => statement);
};

test('a list, and a count, are planned for what is asked for, however often; a record by its id is planned once', async () => {
  const { sql } = database;
  const where = () => compileFilters(sql, 'flow_run', { flow_runs: { tags: { all_: ['nightly'] } } });
  await listRecords(sql, 'flow_run_view', { where: where(), order: 'start_time desc', limit: 5, offset: 0 });
  await countRecords(sql, 'flow_run_view', where());
  expect(await planned()).toEqual([]);
  await readRecord(sql, 'flow_run_view', { id: engine.newId() });
  expect(await planned()).toHaveLength(1);
});
