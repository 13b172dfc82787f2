import { SORTS } from '@sluice/core/api/filter-table';
import { sortKey } from '@sluice/core/api/keyset';
import { STATE_TYPES } from '@sluice/core/model/state-type';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { call } from '../testing/http-call.ts';
import { populate, type Row } from '../testing/populate.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;

interface Page {
  readonly records: readonly Row[];
  readonly next: string | null;
  readonly reached: string | null;
}

const NOUNS = { flow_run: 'flow_runs', task_run: 'task_runs', log: 'logs' } as const;
type Noun = keyof typeof NOUNS;

const ask = (path: string, body: object) => call(server.url, 'POST', path, { body });
const list = async (noun: Noun, body: object) => (await ask(`/${NOUNS[noun]}/filter`, body)).json as Row[];

/** All pages of a list, each asked for with the end of the one before. */
async function walk(noun: Noun, body: object): Promise<Row[]> {
  const seen: Row[] = [];
  for (let after: string | null = null; ; ) {
    const { status, json } = await ask(`/${NOUNS[noun]}/page`, { ...body, limit: 7, after });
    expect(status, JSON.stringify(json)).toBe(200);
    const { records, next } = json as Page;
    seen.push(...records);
    after = next;
    if (!after) return seen;
    expect(records.length).toBe(7);
  }
}

beforeAll(async () => {
  server = await startTestServer(inject('postgres'), { late_seconds: '999999999' });
  await populate(async (path, body) => (await ask(path, body as object)).json as Row);
});
afterAll(() => server.stop());

/** How long a run has taken grows while it runs: a list of one moment and pages of several differ. */
const isMoving = (sort: string) => sort.startsWith('DURATION_');

const cases = (Object.keys(NOUNS) as Noun[]).flatMap((noun) =>
  Object.entries(SORTS[noun]).flatMap(([sort, order]) => (isMoving(sort) ? [] : [{ noun, sort, order }])),
);

describe('pages that go on where the one before ended', () => {
  test.each(cases)('hold what the list of $noun has, in its order: $sort', async ({ noun, sort, order }) => {
    const column = sortKey(order).expression.replaceAll('"', '');
    const rows = (await list(noun, { sort })).filter((row) => row[column] !== null);
    expect(rows.length).toBeGreaterThan(7);
    expect((await walk(noun, { sort })).map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  });

  test.each(cases)('hold what a filter on $noun finds: $sort', async ({ noun, sort, order }) => {
    const column = sortKey(order).expression.replaceAll('"', '');
    const filter = noun === 'log' ? { level: { ge_: 20 } } : { name: { like_: 'A' } };
    const body = { [NOUNS[noun]]: filter, sort };
    const rows = (await list(noun, body)).filter((row) => row[column] !== null);
    expect((await walk(noun, body)).map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  });

  test('say where a request is not the end of one', async () => {
    const first = (await ask('/flow_runs/page', { limit: 2 })).json as Page;
    const other = (await ask('/flow_runs/page', { limit: 2, sort: 'NAME_ASC' })).json as Page;
    const forged = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const wrong = [other.next, 'no', forged(['id desc', 'no uuid', 'no']), forged(null), forged(['id desc'])];
    for (const after of wrong) {
      const { status, json } = await ask('/flow_runs/page', { after });
      expect([status, (json as { code: string }).code], String(after)).toEqual([422, 'INVALID_REQUEST']);
    }
    const times = await ask('/flow_runs/page', { sort: 'END_TIME_DESC', after: forged(['end_time desc', 'infinity', first.records[0]?.id]) });
    expect(times.status).toBe(422);
  });
});

describe('the summary', () => {
  test.each(['flow_run', 'task_run'] as const)('counts every %s by the type of its state', async (noun) => {
    for (const filter of [undefined, { tags: { all_: ['red'] } }, { name: { like_: 'no such' } }]) {
      const body = filter ? { [NOUNS[noun]]: filter } : {};
      const rows = await list(noun, body);
      const counts = STATE_TYPES.map((type) => ({ state_type: type, count: rows.filter((row) => row['state_type'] === type).length, more: false }));
      expect((await ask(`/${NOUNS[noun]}/summary`, body)).json).toEqual(counts);
    }
  });
});
