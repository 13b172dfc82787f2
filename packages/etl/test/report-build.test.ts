import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { reportOf } from '../src/home.ts';
import type { Load } from '../src/model.ts';
import { buildReport, exitCodeOf, type ReportFacts, type TableOutcome } from '../src/report/report.ts';
import { writeReport } from '../src/report/write-report.ts';

const facts: ReportFacts = {
  flow_run_id: 'main',
  warehouse: { file: '/home/etl/warehouse.duckdb', bytes: 4096, checks: [], compacted: null, present: [] },
  gone: [],
  started: '2026-11-24T10:00:00Z',
  ended: '2026-11-24T10:00:10Z',
  host: 'machine-1',
};

const outcome = (table: string, load: Partial<Load> | null = {}, more: Partial<TableOutcome> = {}): TableOutcome => ({
  table,
  load: load && {
    load_id: table,
    table,
    target: { schema: 'public', name: table.replace('public.', '') },
    rows_read: 10,
    rows_loaded: 10,
    rows_quarantined: 0,
    verified: true,
    verify: 'sums',
    outcome: 'committed',
    seconds: 1,
    notes: [],
    host: 'machine-1',
    ...load,
  },
  seconds: 2,
  worker: 'worker-1',
  attempts: 1,
  reason: null,
  ...more,
});

test('a report says of every table what was read, loaded and kept apart, who did it and whether it is verified', () => {
  const bad = { rows_read: 100, rows_loaded: 90, rows_quarantined: 10, verified: false, notes: ['10 of 100 rows are in quarantine'] };
  const failed = outcome('public.c', null, { attempts: 2, worker: null, reason: 'the source went away' });
  const report = buildReport([outcome('public.a'), outcome('public.b', bad), failed], [{ table: 'public.d', reason: 'no right to read' }], facts);
  expect(report.tables).toEqual([
    {
      table: 'public.a',
      target: 'public.a',
      rows_read: 10,
      rows_loaded: 10,
      rows_quarantined: 0,
      seconds: 2,
      worker: 'worker-1',
      host: 'machine-1',
      attempts: 1,
      verified: true,
      verify: 'sums',
      outcome: 'committed',
      reason: null,
      notes: [],
    },
    expect.objectContaining({ table: 'public.b', verified: false, rows_quarantined: 10, reason: '10 of 100 rows are in quarantine' }),
    expect.objectContaining({
      table: 'public.c',
      verified: false,
      rows_loaded: 0,
      outcome: 'failed',
      reason: 'the source went away',
      attempts: 2,
      worker: null,
    }),
  ]);
  expect(report.totals).toEqual({ tables: 3, verified: 1, rows_read: 110, rows_loaded: 100, rows_quarantined: 10 });
  expect(report).toMatchObject({
    unreadable: [{ table: 'public.d' }],
    warehouse: '/home/etl/warehouse.duckdb',
    note: expect.stringContaining('moments'),
  });
});

test('a table that could not be read is named once, with its reason', () => {
  const report = buildReport([outcome('public.a', null)], [{ table: 'public.a', reason: 'no right to read' }], facts);
  expect(report.tables).toEqual([]);
  expect(report.unreadable).toHaveLength(1);
});

test('a table that was found changed in the warehouse is not verified', () => {
  const checks = [{ table: 'public.a', method: 'md5', equal: false } as const];
  const report = buildReport([outcome('public.a'), outcome('public.b')], [], { ...facts, warehouse: { ...facts.warehouse, checks } });
  expect(report.tables.map(({ verified, reason }) => [verified, reason])).toEqual([
    [false, 'The table is not as it was loaded.'],
    [true, null],
  ]);
});

test('a table in a file of another machine is not verified, and says where it is; in a warehouse that both reach it is', () => {
  const present = [{ schema: 'public', name: 'a', source: 's', flow_run_id: 'main', rows: 10, loaded: '2026-11-24T10:00:05Z' }];
  const loads = ['public.a', 'public.b'].map((table) => outcome(table, { host: 'machine-2' }));
  const { tables } = buildReport(loads, [], { ...facts, warehouse: { ...facts.warehouse, present } });
  expect(tables.map(({ verified, reason }) => [verified, reason])).toEqual([
    [true, null],
    [false, expect.stringMatching(/^It is in a file on machine-2, not in this warehouse on machine-1: /)],
  ]);
});

const unreadable = { table: 'public.x', reason: 'no right to read' };
test.each([
  ['all tables are verified', [outcome('a'), outcome('b')], [], 0],
  ['there was nothing to load', [], [], 0],
  ['some could not be read', [outcome('a')], [unreadable], 8],
  ['none could be read', [], [unreadable], 8],
  ['data beside them is not read', [outcome('a')], [{ ...unreadable, entry: 'data' as const }], 8],
  ['a README lies beside them', [outcome('a')], [{ ...unreadable, entry: 'other' as const }], 0],
  ['some failed', [outcome('a'), outcome('b', null)], [], 1],
  ['some failed and some could not be read', [outcome('b', null)], [unreadable], 1],
  ['a table has too many bad rows', [outcome('a', { verified: false })], [], 1],
  ['an earlier try had committed', [outcome('a', { outcome: 'already' })], [], 0],
  ['a later job has overtaken this one', [outcome('a', { outcome: 'superseded', verified: false })], [], 1],
])('when %s the exit code says so', (_, outcomes, unread, code) => {
  expect(exitCodeOf(buildReport(outcomes, unread, facts))).toBe(code);
});

test('each job has its report, and those of a hundred jobs are kept', async () => {
  const home = await mkdtemp(join(tmpdir(), 'sluice-report-'));
  const idOf = (index: number) => `0199a000-0000-7000-8000-${String(index).padStart(12, '0')}`;
  for (let index = 0; index < 102; index++) await writeReport(home, buildReport([], [], { ...facts, flow_run_id: idOf(index) }));
  const read = async (index: number) => JSON.parse(await readFile(reportOf(home, idOf(index)), 'utf8')) as unknown;
  for (const index of [2, 50, 101]) expect(await read(index)).toMatchObject({ flow_run_id: idOf(index) });
  await expect(read(1)).rejects.toMatchObject({ code: 'ENOENT' });
  await rm(home, { recursive: true });
});

test('the report is written whole, over the one before', async () => {
  const home = await mkdtemp(join(tmpdir(), 'sluice-report-'));
  await writeReport(home, buildReport([outcome('a')], [], facts));
  const report = buildReport([], [], facts);
  const file = await writeReport(home, report);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(report);
  expect(await readdir(dirname(file))).toEqual(['report.json']);
  await rm(home, { recursive: true });
});

test('a table that this job did not load, or that the source does not have any more, is named when the warehouse holds an older load of it', () => {
  const present = ['a', 'b', 'old', 'other'].map((name) => ({
    schema: 'public',
    name,
    source: 'shop',
    flow_run_id: 'before',
    rows: 7,
    loaded: '2026-11-20T10:00:00Z',
  }));
  const unreadable = [{ table: 'public.x', reason: 'no right to read' }];
  const renamed = outcome('public.A');
  const { older } = buildReport(
    [
      outcome('public.a'),
      outcome('public.b', null),
      { ...renamed, load: renamed.load && { ...renamed.load, target: { schema: 'public', name: 'other' } } },
    ],
    unreadable,
    {
      ...facts,
      warehouse: { ...facts.warehouse, present },
      // Where a table stands under another name than in its source, no table of the source has that one.
      gone: ['public.old', 'public.other'],
    },
  );
  const when = { rows: 7, loaded: '2026-11-20T10:00:00Z' };
  expect(older).toEqual([
    { table: 'public.b', ...when, reason: 'this job has not loaded it' },
    { table: 'public.old', ...when, reason: 'the source does not have it any more' },
  ]);
});
