import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { describeWithStore, STORE_KEY, startObjectStore, type TestStore } from './support/object-store.ts';
import { loadExtract } from './support/postgres-source.ts';
import { openRemote } from './support/remote-trial.ts';

const CSV = 'id,name\n1,one\n2,two\n';

const rowsOf = async (extract: Parameters<typeof loadExtract>[0]) => {
  using loaded = await loadExtract(extract);
  expect(await loaded.sums()).toEqual(extract.sums);
  return await loaded.query('select columns(*)::varchar from (from t order by all)');
};

const ROWS = [
  ['1', 'one'],
  ['2', 'two'],
];

describeWithStore('files of an object store', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await startObjectStore({ page: 3 });
  });
  afterAll(() => store[Symbol.asyncDispose]());

  /** A folder of its own, with these files. */
  const fill = async (files: Readonly<Record<string, string>>) => {
    const folder = randomUUID();
    for (const [path, content] of Object.entries(files)) await store.put(`${folder}/${path}`, content);
    return folder;
  };

  test('are tables as those of a folder: by their names, in schemas by subfolders; what is none is named', async () => {
    const folder = await fill({
      'orders.csv': CSV,
      'sales/large.csv': CSV.repeat(3),
      'book.xlsx': 'x',
      'README.md': 'x',
      '.hidden.csv': CSV,
      'made/': '',
    });
    await store.put(`${folder}-other/orders.csv`, CSV);
    await using remote = await openRemote(`s3://bucket/${folder}`);
    expect(await remote.list()).toEqual(['sales.large', 'main.orders']);
    expect(await remote.list('sales.*')).toEqual(['sales.large']);
    expect(await rowsOf(await remote.load({ name: 'main.orders' }))).toEqual(ROWS);
    expect(await remote.plan({ name: 'main.other' })).toMatchObject({ reason: 'No file of the source is called main.other.' });
    expect(await remote.copies()).toEqual([]);
  });

  test.each(['a b', 'a+b', 'ü€😀', "it's (1) & 100% #2?=~!*", '%2F+%20', 'a\\b'])('may be called %s', async (name) => {
    const below = name.replace('*', '');
    const folder = await fill({ [`${below}/${name}.csv`]: CSV });
    await using remote = await openRemote(`s3://bucket/${folder}/${below}/`);
    const [table = ''] = await remote.list();
    expect(table).toContain(name);
    expect(await rowsOf(await remote.load({ name: table }))).toEqual(ROWS);
  });

  test('several are one table, by a pattern or a folder, with the keys of their folders; one more is planned for again', async () => {
    const folder = await fill({ 'sales/year=2024/a.csv': CSV, 'sales/year=2025/a.csv': CSV, 'sales/notes.txt': 'x', 'other.csv': CSV });
    await using remote = await openRemote(`s3://bucket/${folder}/`);
    const spec = { name: 'main.sales', from: 'sales', partitions: true };
    const plan = await remote.plan(spec);
    if (!('columns' in plan)) throw new Error(plan.reason);
    expect(plan.notes).toContainEqual(expect.stringContaining('sales/notes.txt is not read'));
    await store.put(`${folder}/sales/year=2026/a.csv`, CSV);
    const extract = await remote.extract(plan, spec);
    expect(extract.rows_read).toBe(6);
    expect((await rowsOf(extract)).map(([, , year]) => year)).toEqual(['2024', '2025', '2026', '2024', '2025', '2026']);
    expect((await remote.load({ name: 'main.all', from: '**/*.csv' })).rows_read).toBe(8);
    expect(await remote.plan({ name: 'main.x', from: 'none/*.csv' })).toMatchObject({
      reason: expect.stringContaining('No file that can be read fits'),
    });
    expect(await remote.plan({ name: 'main.x', from: 'none.csv' })).toMatchObject({ reason: 'There is no none.csv in the source.' });
  });

  test('that the URL names is a table alone; a folder that is called like a file is a folder', async () => {
    const folder = await fill({ 'orders.csv': CSV, 'orders.csv.gz.csv': CSV, 'spark.csv/part-0.csv': CSV });
    await using one = await openRemote(`s3://bucket/${folder}/orders.csv`);
    expect(await one.list()).toEqual(['main.orders']);
    expect(await rowsOf(await one.load({ name: 'main.orders' }))).toEqual(ROWS);
    await using many = await openRemote(`s3://bucket/${folder}/spark.csv`);
    expect(await many.list()).toEqual(['main.part-0']);
  });

  test('are asked for with signatures, which the store checks; another key is refused, and not told', async () => {
    // moto takes the path for what is signed as it has decoded it.
    await store.put('signed.csv', CSV);
    await store.locked(async () => {
      await using remote = await openRemote('s3://bucket/signed.csv');
      const [table = ''] = await remote.list();
      expect(await rowsOf(await remote.load({ name: table }))).toEqual(ROWS);
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', STORE_KEY);
      const refused = await remote.list().catch((error: unknown) => error);
      expect(refused).toMatchObject({
        code: 'SOURCE_UNREACHABLE',
        message: expect.stringMatching(/may not be read: its server answers 403 \(SignatureDoesNotMatch\)/),
        hint: expect.stringContaining('AWS_SECRET_ACCESS_KEY'),
      });
      expect(`${refused} ${JSON.stringify(refused)}`).not.toContain(STORE_KEY);
    });
  });

  test('are all listed, however many pages it takes', async () => {
    const folder = randomUUID();
    await Promise.all(Array.from({ length: 10 }, (_, index) => store.put(`${folder}/t${index}.csv`, 'id\n1\n')));
    await using remote = await openRemote(`s3://bucket/${folder}`);
    expect(new Set(await remote.list()).size).toBe(10);
  });

  test('that went after the plan are a sentence, and so is a plan that was made on a machine which is gone', async () => {
    const folder = await fill({ 'orders.csv': CSV });
    await using remote = await openRemote(`s3://bucket/${folder}`);
    const plan = await remote.plan({ name: 'main.orders' });
    if (!('columns' in plan)) throw new Error(plan.reason);
    await rm(remote.home, { recursive: true });
    expect(await rowsOf(await remote.extract(plan))).toEqual(ROWS);
    await store.remove(`${folder}/orders.csv`);
    await expect(remote.extract(plan)).rejects.toMatchObject({
      code: 'TABLE_UNREADABLE',
      message: expect.stringMatching(/There is no s3:.*404 \(NoSuchKey\)/),
    });
  });

  test('cannot be listed where there is no such bucket, nothing in it, or no store; no key is told', async () => {
    const listOf = async (address: string) => {
      await using remote = await openRemote(address);
      return await remote.list().catch((error: unknown) => error);
    };
    expect(await listOf('s3://none/folder')).toMatchObject({ code: 'SOURCE_UNREACHABLE', message: expect.stringContaining('NoSuchBucket') });
    expect(await listOf('s3://bucket/nothing')).toMatchObject({
      code: 'USAGE',
      message: 'There is nothing to read in s3://bucket/nothing/: it is empty.',
    });
    expect(await listOf('s3://id:secret@bucket/')).toMatchObject({ code: 'SOURCE_UNREACHABLE', message: expect.stringContaining('names no bucket') });
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
    const gone = await listOf('s3://bucket/folder');
    vi.stubEnv('AWS_ENDPOINT_URL', store.url);
    expect(gone).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    expect(`${gone} ${JSON.stringify(gone)}`).not.toContain(STORE_KEY);
  });
});
