import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { watch } from '../src/sources/files/remote/watch.ts';
import { type FileServer, sendFile, startFileServer } from './support/file-server.ts';
import { quiet } from './support/files-load.ts';
import { loadExtract } from './support/postgres-source.ts';
import { openRemote } from './support/remote-trial.ts';

let server: FileServer;
beforeEach(async () => {
  server = await startFileServer();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server[Symbol.asyncDispose]();
});

const CSV = 'id,name\n1,one\n2,two\n';
/** Of many blocks, so that it can be cut. */
const LARGE = `id,name\n${Array.from({ length: 40_000 }, (_, index) => `${index},a name of row ${index}\n`).join('')}`;

const rowsOf = async (extract: Parameters<typeof loadExtract>[0]) => {
  using loaded = await loadExtract(extract);
  expect(await loaded.sums()).toEqual(extract.sums);
  return await loaded.query('select columns(*)::varchar from (from t order by all)');
};

const ROWS = [
  ['1', 'one'],
  ['2', 'two'],
];

describe('a file of a web server', () => {
  test('is read as one of a folder: what stands below the URL, under any name; its copy is asked for once, and not kept', async () => {
    await using remote = await openRemote(`${server.url}data`);
    server.files.set('data/a b/+ü%20#1.csv', CSV);
    const loaded = await remote.load({ name: 'main.orders', from: 'a b/+ü%20#1.csv' });
    expect(await rowsOf(loaded)).toEqual(ROWS);
    expect(loaded.plan).toMatchObject({ target: { schema: 'main', name: 'orders' }, from: { name: 'a b/+ü%20#1.csv' }, file: { bytes: CSV.length } });
    expect(server.asked.map(({ headers }) => headers['if-none-match'] !== undefined)).toEqual([false, true]);
    expect(await remote.copies()).toEqual([]);
  });

  test('that the URL names is a table by its name', async () => {
    server.files.set('data/orders.csv.gz', gzipSync(CSV));
    await using remote = await openRemote(`${server.url}data/orders.csv.gz`);
    expect(await remote.list()).toEqual(['main.orders']);
    expect(await rowsOf(await remote.load({ name: 'main.orders' }))).toEqual(ROWS);
  });

  test('has to be named: a server lists nothing', async () => {
    await using remote = await openRemote(server.url);
    await expect(remote.list()).rejects.toMatchObject({ code: 'USAGE', hint: expect.stringContaining("--table 'orders=orders.csv'") });
    expect(await remote.plan({ name: 'main.orders' })).toMatchObject({ reason: expect.stringContaining('lists nothing') });
    expect(await remote.plan({ name: 'main.orders', from: 'orders-*.csv' })).toMatchObject({ reason: expect.stringContaining('lists nothing') });
    expect(await remote.plan({ name: 'main.orders', from: '../orders.csv' })).toMatchObject({ reason: expect.stringContaining('not below') });
    expect(await remote.plan({ name: 'main.orders', from: 'book.xlsx' })).toMatchObject({
      reason: expect.stringContaining('save each sheet as CSV'),
    });
    expect(server.asked).toEqual([]);
  });

  test('gets the user, the password and the signature of its URL, which nobody else hears of', async () => {
    const secret = new URL(`${server.url}data/?sig=s3cret`);
    Object.assign(secret, { username: 'me', password: 'pa:ss%2Fw0rd' });
    await using remote = await openRemote(secret.href);
    server.files.set('data/orders.csv', CSV);
    const extract = await remote.load({ name: 'main.orders', from: 'orders.csv' });
    expect(server.asked[0]).toMatchObject({ path: 'data/orders.csv?sig=s3cret', headers: { authorization: `Basic ${btoa('me:pa:ss/w0rd')}` } });
    server.trick = (_request, response) => !!response.writeHead(403).end();
    const refused = await remote.plan({ name: 'main.orders', from: 'orders.csv' });
    expect(refused).toMatchObject({ reason: expect.stringContaining('answers 403. Look at its rights.') });
    expect(JSON.stringify([extract, refused])).not.toMatch(/s3cret|w0rd/);
  });
});

describe('a file that has changed', () => {
  test('between plan and reading is planned again; one that only says so is not', async () => {
    await using remote = await openRemote(server.url);
    server.files.set('t.csv', CSV);
    const plan = await remote.plan({ name: 'main.t', from: 't.csv' });
    if (!('columns' in plan)) throw new Error(plan.reason);
    server.hasEtags = false;
    expect((await remote.extract(plan)).plan.notes).toEqual(plan.notes);
    server.files.set('t.csv', 'id,name,more\n1,one,x\n');
    const extract = await remote.extract(plan);
    expect(await rowsOf(extract)).toEqual([['1', 'one', 'x']]);
    expect(extract.plan.notes).toContainEqual(expect.stringContaining('t.csv had changed since it was planned'));
  });

  test('while it came is taken from its beginning: never half of one and half of the other', async () => {
    await using remote = await openRemote(server.url);
    server.files.set('t.csv', LARGE);
    const other = LARGE.replaceAll('a name', 'b name');
    server.trick = (_request, response, content) => {
      if (server.asked.length > 1) return false;
      server.files.set('t.csv', other);
      response.writeHead(200, { etag: '"old"', 'content-length': content.length });
      response.write(content.subarray(0, 500_000), () => response.destroy());
      return true;
    };
    const extract = await remote.load({ name: 'main.t', from: 't.csv' });
    using loaded = await loadExtract(extract);
    expect(await loaded.query("select count(*)::varchar, count(*) filter (name like 'b %')::varchar from t")).toEqual([['40000', '40000']]);
    expect(server.asked[1]?.headers).toMatchObject({ range: expect.stringMatching(/^bytes=\d+-$/), 'if-range': '"old"' });
  });
});

describe('a server that fails', () => {
  test('by cutting the file, again and again, is asked for the rest', async () => {
    await using remote = await openRemote(server.url, { tries: 2 });
    server.files.set('t.csv', LARGE);
    server.trick = (request, response, content) => {
      sendFile(request, response, content, { most: 200_000 });
      return true;
    };
    const extract = await remote.load({ name: 'main.t', from: 't.csv' });
    expect(extract.rows_read).toBe(40_000);
    expect(server.asked.filter(({ headers }) => headers.range).length).toBeGreaterThan(3);
  });

  test('by cutting a file of which nobody can tell whether it is the same is asked for all of it, so often and no more', async () => {
    await using remote = await openRemote(server.url);
    server.hasEtags = false;
    server.files.set('t.csv', LARGE);
    server.trick = (_request, response, content) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 500_000), () => response.destroy());
      return true;
    };
    await expect(remote.plan({ name: 'main.t', from: 't.csv' })).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    expect(server.asked.map(({ headers }) => headers.range)).toEqual([undefined, undefined, undefined]);
  });

  test.each([
    ['says nothing', () => true],
    [
      'stops in the middle',
      (_request: unknown, response: { writeHead: (status: number, headers: object) => void; write: (text: string) => void }) => {
        response.writeHead(200, { 'content-length': 1000 });
        response.write('id,name\n');
        return true;
      },
    ],
  ] as const)('and %s is left after its time', async (_what, trick) => {
    await using remote = await openRemote(server.url, { tries: 1, stallMs: 300 });
    server.trick = trick as FileServer['trick'];
    await expect(remote.plan({ name: 'main.t', from: 't.csv' })).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      message: `${server.url}t.csv cannot be read: nothing more comes.`,
    });
  });

  test('for a moment is asked again', async () => {
    await using remote = await openRemote(server.url);
    server.files.set('t.csv', CSV);
    server.trick = (_request, response) => server.asked.length === 1 && !!response.writeHead(503).end();
    expect(await rowsOf(await remote.load({ name: 'main.t', from: 't.csv' }))).toEqual(ROWS);
  });

  test.each([
    ['which is not there', 404, 'There is no http://127.0.0.1:\\d+/t.csv: its server answers 404. Look at how its path is written'],
    ['which may not be read', 401, 'may not be read: its server answers 401. Look at its rights'],
    ['which it cannot give', 400, 'cannot be read: its server answers 400. Look at the path'],
  ])('to give a file %s is a sentence with a next step', async (_what, status, says) => {
    await using remote = await openRemote(server.url);
    server.trick = (_request, response) => !!response.writeHead(status).end();
    expect(await remote.plan({ name: 'main.t', from: 't.csv' })).toMatchObject({ reason: expect.stringMatching(says) });
    expect(server.asked.length).toBe(1);
  });

  test('that runs no more is unreachable', async () => {
    await using remote = await openRemote('http://127.0.0.1:9/');
    await expect(remote.plan({ name: 'main.t', from: 't.csv' })).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      message: expect.stringContaining('http://127.0.0.1:9/t.csv cannot be read: '),
    });
  });

  test('is left at once when the run is cancelled', async () => {
    await using remote = await openRemote(server.url);
    server.files.set('t.csv', CSV);
    const plan = await remote.plan({ name: 'main.t', from: 't.csv' });
    if (!('columns' in plan)) throw new Error(plan.reason);
    const stop = new AbortController();
    server.trick = () => {
      stop.abort(new Error('cancelled'));
      return true;
    };
    await expect(remote.extract(plan, {}, quiet(stop.signal))).rejects.toThrow('cancelled');
    expect(await remote.copies()).toEqual([]);
  });
});

describe('a redirect', () => {
  const to =
    (location: string): FileServer['trick'] =>
    (request, response) =>
      request.url === '/t.csv' && !!response.writeHead(302, { location }).end();

  test('is followed; whoever it leads to does not get the password', async () => {
    await using other = await startFileServer();
    other.files.set('there.csv', CSV);
    await using remote = await openRemote(server.url.replace('//', '//me:secret@'));
    server.trick = to(`${other.url}there.csv?signature`);
    expect(await rowsOf(await remote.load({ name: 'main.t', from: 't.csv' }))).toEqual(ROWS);
    expect(server.asked[0]?.headers.authorization).toMatch(/^Basic /);
    expect(other.asked[0]?.headers.authorization).toBeUndefined();
  });

  test.each([
    ['to another scheme', 'ftp://127.0.0.1/t.csv', 'from http:// to ftp://'],
    ['to a file', 'file:///etc/passwd', 'from http:// to file://'],
    ['to another machine without encryption', 'http://192.0.2.1/t.csv', '192.0.2.1 is another machine'],
    ['in a circle', '/t.csv', 'sent on and on'],
  ])('%s is not followed', async (_what, location, says) => {
    await using remote = await openRemote(server.url);
    server.trick = to(location);
    expect(await remote.plan({ name: 'main.t', from: 't.csv' })).toMatchObject({ reason: expect.stringContaining(says) });
  });
});

test('http:// to another machine is read only where a setting allows it', async () => {
  await using remote = await openRemote('http://192.0.2.1/');
  const list = () => remote.list();
  await expect(list()).rejects.toMatchObject({ code: 'USAGE', hint: expect.stringContaining('SLUICE_PLAIN_HTTP_HOSTS=192.0.2.1') });
  vi.stubEnv('SLUICE_PLAIN_HTTP_HOSTS', 'files.example.com, 192.0.2.1');
  await expect(list()).rejects.toMatchObject({ message: expect.stringContaining('lists nothing') });
});

test('a file that does not fit on the disk is not begun', async () => {
  await using remote = await openRemote(server.url);
  server.trick = (_request, response) => {
    response.writeHead(200, { 'content-length': `${2 ** 52}` });
    response.write('id\n');
    return true;
  };
  await expect(remote.plan({ name: 'main.t', from: 't.csv' })).rejects.toMatchObject({
    code: 'DISK_FULL',
    message: expect.stringContaining('t.csv'),
  });
});

test('a watch that was disposed of starts no timer any more: the process would wait for it', () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const watching = watch(600_000, new AbortController().signal);
  watching.beat();
  expect(timers()).toBe(before + 1);
  watching[Symbol.dispose]();
  watching.beat();
  expect(timers()).toBe(before);
});
