import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { LANES } from './support/lanes.ts';
import { loadExtract, openTestSource, type TestSource } from './support/postgres-source.ts';

describe.each(LANES)('by %s', (lane) => {
  let source: TestSource;
  beforeAll(async () => {
    source = await openTestSource(inject('postgres'), lane);
    await source.sql(`
    create domain matrix as int[][]; create domain small_matrix as matrix check (array_length(value, 1) < 10); create domain cents as numeric(10,2);
    create table grids (id int, flat int[], deep int[][], m matrix, s small_matrix, p cents[], n numeric[]);
    create table filled as select * from grids;
    insert into filled values (1, '{1,2}', '{{1,2},{3,4}}', '{{1},{2}}', '{{{7}}}', '{1.50,NULL}', '{1.5,2.25}'), (2, null, '{}', null, '{}', '{}', null);
    create view seen as select * from filled;
    create view mixed as select id, case id when 1 then '{1}'::int[] else '{{1,2}}'::int[] end as a from filled;
    create view words as select id, string_to_array('a b c', ' ') as words, array[[id, 2], [3, 4]] as grid from filled;
  `);
  });
  afterAll(() => source[Symbol.asyncDispose]());

  async function load(table: string) {
    const extract = await source.extract(table);
    using warehouse = await loadExtract(extract);
    expect(await warehouse.sums()).toEqual(extract.sums);
    expect(await warehouse.quarantine()).toEqual([]);
    const columns = extract.plan.columns.map(({ name }) => name);
    const rows = await warehouse.query(`select ${columns.map((name) => `"${name}"::varchar`).join(', ')} from t order by "${columns[0]}"`);
    return {
      types: Object.fromEntries(extract.plan.columns.map(({ name, neutral_type }) => [name, neutral_type])),
      rows,
      notes: extract.plan.notes.filter((note) => !note.startsWith('It was read by COPY')),
    };
  }

  test('a domain over an array has as many dimensions as its values; where there are none, as many as it was declared with', async () => {
    expect((await load('public.grids')).types).toEqual({
      id: 'INTEGER',
      flat: 'INTEGER[]',
      deep: 'INTEGER[][]',
      m: 'INTEGER[][]',
      s: 'INTEGER[][]',
      p: 'DECIMAL(10,2)[]',
      n: expect.stringMatching(/\[\]$/),
    });
    const { types, rows } = await load('public.filled');
    expect(types).toEqual({
      id: 'INTEGER',
      flat: 'INTEGER[]',
      deep: 'INTEGER[][]',
      m: 'INTEGER[][]',
      s: 'INTEGER[][][]',
      p: 'DECIMAL(10,2)[]',
      n: 'DECIMAL(18,2)[]',
    });
    expect(rows).toEqual([
      ['1', '[1, 2]', '[[1, 2], [3, 4]]', '[[1], [2]]', '[[[7]]]', '[1.50, NULL]', '[1.50, 2.25]'],
      ['2', null, '[]', null, '[]', '[]', null],
    ]);
  });

  test('arrays of a view are what its rows say, though nobody looked at them when it was planned', async () => {
    expect(await load('public.seen')).toEqual(await load('public.filled'));
    expect((await load('public.words')).rows).toEqual([
      ['1', '[a, b, c]', '[[1, 2], [3, 4]]'],
      ['2', '[a, b, c]', '[[2, 2], [3, 4]]'],
    ]);
  });

  test('arrays of several numbers of dimensions are JSON, in a view too, and a note says so', async () => {
    expect(await load('public.mixed')).toEqual({
      types: { id: 'INTEGER', a: 'JSON' },
      rows: [
        ['1', '[1]'],
        ['2', '[[1,2]]'],
      ],
      notes: ['Column a is JSON: its arrays have 1 to 2 dimensions.'],
    });
  });

  test('an array of more dimensions far behind the rows that were looked at first is no bad row', async () => {
    await source.sql(
      `create table late as select i as id, array[i] as a from generate_series(1, 1500) i; insert into late values (1501, '{{1,2},{3,4}}')`,
    );
    const { types, rows, notes } = await load('public.late');
    expect(types).toEqual({ id: 'INTEGER', a: 'JSON' });
    expect(rows.at(-1)).toEqual(['1501', '[[1,2],[3,4]]']);
    expect(notes).toEqual(['Column a is JSON: its arrays have 1 to 2 dimensions.']);
  });
});
