import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { call } from '../testing/http-call.ts';
import type { Row } from '../testing/populate.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
/** A run, a subflow in it, a subflow in that, and a run that has nothing to do with them. */
let runs: readonly string[];

const MESSAGES = ['Connection reset by peer', 'read 100% of orders', 'wrote 5 rows', 'CONNECTION refused', 'all_done'];
const LEVELS = [10, 20, 25, 40, 50];

async function ask<T = Row>(path: string, body: object): Promise<T> {
  const { status, json } = await call(server.url, 'POST', path, { body });
  expect(status, `${path} ${JSON.stringify(json)}`).toBeLessThan(300);
  return json as T;
}

const minute = (index: number) => `2026-01-01T00:${String(index).padStart(2, '0')}:00Z`;

beforeAll(async () => {
  server = await startTestServer(inject('postgres'));
  const { id: flow_id } = await ask('/flows/', { name: 'search' });
  const make = async (within?: string) => {
    const task = within && (await ask('/task_runs/', { flow_run_id: within, task_key: 'child', dynamic_key: '0', state: { type: 'RUNNING' } })).id;
    return (await ask('/flow_runs/', { flow_id, state: { type: 'RUNNING' }, ...(task && { parent_task_run_id: task }) })).id;
  };
  const top = await make();
  const child = await make(top);
  runs = [top, child, await make(child), await make()];
  const lines = runs.flatMap((flow_run_id, run) =>
    MESSAGES.map((message, index) => ({
      name: run === 1 ? 'etl.load' : 'flow',
      level: LEVELS[index],
      message,
      timestamp: minute(run * 5 + index),
      flow_run_id,
    })),
  );
  await ask('/logs/', lines);
});
afterAll(() => server.stop());

interface Line {
  readonly message: string;
  readonly name: string;
  readonly level: number;
  readonly flow_run_id: string;
  readonly timestamp: string;
}

const search = async (logs: object, more: object = {}) => (await ask<{ records: Line[] }>('/logs/page', { logs, ...more })).records;

describe('a search of log lines', () => {
  test.each([
    ['connection', [0, 3]],
    ['reset rows', [0, 2]],
    ['connection -refused', [0]],
    ['+connection +peer', [0]],
    ['"reset by"', [0]],
    ['"peer flow"', [0]],
    ['100%', [1]],
    ['_', [4]],
    ['%', [1]],
    ['no-such', []],
    ['!o', []],
    ['', [0, 1, 2, 3, 4]],
  ])('finds with %j what has it, in any case', async (query, expected) => {
    const asked = { flow_run_id: { any_: [runs[0]] }, text: { query } };
    expect((await search(asked)).map(({ message }) => MESSAGES.indexOf(message))).toEqual(expected);
    const listed = await ask<Line[]>('/logs/filter', { logs: asked });
    expect(listed.map(({ message }) => MESSAGES.indexOf(message))).toEqual(expected);
  });

  test('looks at the name of the logger too', async () => {
    expect(new Set((await search({ text: { query: 'etl.load' } })).map(({ flow_run_id }) => flow_run_id))).toEqual(new Set([runs[1]]));
  });

  test('refuses a query that is longer than Prefect takes', async () => {
    expect((await call(server.url, 'POST', '/logs/page', { body: { logs: { text: { query: 'x'.repeat(201) } } } })).status).toBe(422);
  });

  test('is over a run alone, or over all that ran in it', async () => {
    const of = async (descendants: boolean) => [
      ...new Set((await search({ flow_run_id: { any_: [runs[0]] } }, { descendants })).map(({ flow_run_id }) => flow_run_id)),
    ];
    expect(await of(false)).toEqual([runs[0]]);
    expect(await of(true)).toEqual(runs.slice(0, 3));
  });
});

describe('the histogram of levels', () => {
  interface Histogram {
    readonly intervals: readonly { interval_start: string; interval_end: string; levels: readonly { level: number; count: number }[] }[];
    readonly reached: string | null;
  }
  const histogram = (body: object) => ask<Histogram>('/logs/histogram', { start: minute(0), end: minute(20), intervals: 4, ...body });

  test('counts each line once, by the tens of its level', async () => {
    const { intervals, reached } = await histogram({});
    const levels = [10, 20, 40, 50].map((level) => ({ level, count: level === 20 ? 2 : 1 }));
    expect(intervals.map((each) => each.levels)).toEqual([levels, levels, levels, levels]);
    expect(intervals[1]).toMatchObject({ interval_start: '2026-01-01T00:05:00+00:00', interval_end: '2026-01-01T00:10:00+00:00' });
    expect(reached).toBeNull();
  });

  test('takes the filters of the list, and only lines of its span', async () => {
    const counts = async (body: object) => (await histogram(body)).intervals.map(({ levels }) => levels.reduce((sum, { count }) => sum + count, 0));
    expect(await counts({ logs: { text: { query: 'connection' } } })).toEqual([2, 2, 2, 2]);
    expect(await counts({ logs: { flow_run_id: { any_: [runs[0]] } }, descendants: true })).toEqual([5, 5, 5, 0]);
    expect(await counts({ logs: { level: { ge_: 40 } }, start: minute(5), end: minute(9) })).toEqual([0, 0, 0, 2]);
    expect(await counts({ start: minute(5), end: minute(5), intervals: 1 })).toEqual([1]);
    expect((await call(server.url, 'POST', '/logs/histogram', { body: { start: minute(5), end: minute(4) } })).status).toBe(422);
  });
});
