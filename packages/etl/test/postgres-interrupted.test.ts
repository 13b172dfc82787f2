import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { etlPaths } from '../src/home.ts';
import { openTestSource, type TestSource } from './support/postgres-source.ts';

const LOCK = 4711;

let source: TestSource;
beforeAll(async () => {
  source = await openTestSource(inject('postgres'));
  // A view that stops in its middle while we hold the lock: in the statement whose first word is asked for.
  await source.sql(`
    create function gate(i int, word text) returns int volatile language plpgsql as $$
    begin
      if i = 30000 and current_query() like word || '%' then perform pg_advisory_lock_shared(${LOCK}); perform pg_advisory_unlock_shared(${LOCK}); end if;
      return i;
    end $$;
    create view counted as select gate(i, 'select array') as i, repeat('x', 200) as filler from generate_series(1, 60000) i;
    create view copied as select gate(i, 'copy') as i, repeat('x', 200) as filler from generate_series(1, 60000) i`);
});
afterAll(() => source[Symbol.asyncDispose]());
beforeEach(async () => {
  await source.sql(`select pg_advisory_lock(${LOCK})`);
  return async () => await source.sql('select pg_advisory_unlock_all()');
});

/** The process on the server that has come to the gate. */
async function waiting(): Promise<number> {
  for (;;) {
    const { rows } = await source.sql(`select pid from pg_locks where locktype = 'advisory' and objid = ${LOCK} and not granted`);
    const pid = (rows as { pid: number }[])[0]?.pid;
    if (pid !== undefined) return pid;
  }
}

async function expectGone(pid: number): Promise<void> {
  for (;;) {
    const { rowCount } = await source.sql(`select from pg_stat_activity where pid = ${pid}`);
    if (rowCount === 0) return;
  }
}

const left = (load: string) => Object.values(etlPaths(source.home)).filter((folder) => existsSync(join(folder, load)));

test.each(['counted', 'copied'])('a connection that is cut while a table is %s is an error, and leaves nothing', async (view) => {
  const extract = source.extractAs(`cut-${view}`, `public.${view}`, { verify: 'sums' });
  const failed = expect(extract).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE', message: expect.stringMatching(/connection .* was lost/) });
  await source.sql(`select pg_terminate_backend(${await waiting()})`);
  await failed;
  expect(left(`cut-${view}`)).toEqual([]);
});

test.each(['counted', 'copied'])('an abort while a table is %s stops it here and on the server, and leaves nothing', async (view) => {
  const controller = new AbortController();
  const extract = source.extractAs(`stop-${view}`, `public.${view}`, { verify: 'sums', signal: controller.signal });
  const failed = expect(extract).rejects.toThrow('enough');
  const pid = await waiting();
  controller.abort(new Error('enough'));
  await failed;
  await expectGone(pid);
  expect(left(`stop-${view}`)).toEqual([]);
});

test('progress is told in rows, up to what the table has', async () => {
  await source.sql('select pg_advisory_unlock_all()');
  const told: number[] = [];
  const extract = await source.extract('public.copied', { verify: 'sums', progress: ({ done }) => told.push(done) });
  expect(told.length).toBeGreaterThan(0);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.at(-1)).toBeLessThanOrEqual(extract.rows_read);
});
