import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { literal } from '../src/types/sql.ts';
import { expectPlan, FilesTrial } from './support/files-load.ts';
import { withFooter } from './support/parquet-files.ts';

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

async function written(query: string, options = ''): Promise<Buffer> {
  const path = join(trial.folder, 't.parquet');
  await trial.duckdb.run(`copy (${query}) to ${literal(path)} (format parquet, compression uncompressed${options})`);
  return readFile(path);
}

/** Where the first page of data of a column begins, and its bytes behind the header. */
function firstPage(file: Buffer, column = 0): { start: number; body: number; bytes: number; values: number } {
  const { row_groups } = parquetMetadata(Uint8Array.from(file), { geoparquet: false });
  const start = Number(row_groups[0]?.columns[column]?.meta_data?.data_page_offset);
  const reader = { view: new DataView(Uint8Array.from(file.subarray(start)).buffer), offset: 0 };
  const header = parquetHeader(reader);
  return { start, body: start + reader.offset, bytes: header.compressed_page_size, values: header.data_page_header?.num_values ?? 0 };
}

/** Loads the file; an error is what says so. */
async function load(file: Buffer) {
  await trial.write('t.parquet', file);
  return trial.extract(expectPlan(await trial.plan({ name: 't' })));
}

const LISTS = 'select [i, i + 1] as list from range(100) r(i)';

test('a whole file is read without a remark', async () => {
  const { plan, rows_read } = await load(await written(LISTS));
  expect({ notes: plan.notes, rows_read }).toEqual({ notes: [], rows_read: 100 });
});

test('a first value that continues a row which has not begun is refused', async () => {
  const file = await written(LISTS);
  const { body } = firstPage(file);
  // Behind the length of the levels: a run's head, then the levels, packed.
  const levels = file.readUInt32LE(body);
  expect(levels).toBeGreaterThan(2);
  const at = file.subarray(body + 4, body + 4 + levels).indexOf(0xaa);
  file[body + 4 + at] = 0xab;
  await expect(load(file)).rejects.toMatchObject({
    code: 'TABLE_UNREADABLE',
    message: expect.stringMatching(/column list\..* is broken in row group 0: its/),
  });
});

test('fewer levels than values are refused', async () => {
  const file = await written(LISTS);
  const { body } = firstPage(file);
  file.writeUInt32LE(2, body);
  await expect(load(file)).rejects.toMatchObject({ code: 'TABLE_UNREADABLE' });
});

test.each([
  ['rows of a row group', (metadata: ReturnType<typeof parquetMetadata>) => Object.assign(metadata.row_groups[0] ?? {}, { num_rows: 99n })],
  [
    'rows of a row group that are more',
    (metadata: ReturnType<typeof parquetMetadata>) => Object.assign(metadata.row_groups[0] ?? {}, { num_rows: 101n }),
  ],
  [
    'values of a column',
    (metadata: ReturnType<typeof parquetMetadata>) => Object.assign(metadata.row_groups[0]?.columns[0]?.meta_data ?? {}, { num_values: 99n }),
  ],
  [
    'NULLs of a column',
    (metadata: ReturnType<typeof parquetMetadata>) =>
      Object.assign(metadata.row_groups[0]?.columns[0]?.meta_data?.statistics ?? {}, { null_count: 9n }),
  ],
])('a footer that is wrong about the %s is refused', async (_what, change) => {
  const file = await written('select case when i % 10 = 0 then null else i end as n from range(100) r(i)');
  await expect(load(withFooter(file, change))).rejects.toMatchObject({ code: 'TABLE_UNREADABLE' });
});

test('a file that says another number of rows than its row groups have is read under a note', async () => {
  const { plan, rows_read } = await load(
    withFooter(await written('select i from range(100) r(i)'), (metadata) => Object.assign(metadata, { num_rows: 7n })),
  );
  expect({ rows_read, notes: plan.notes }).toEqual({
    rows_read: 100,
    notes: ['The file says that it has 7 rows; its row groups have 100, which are read.'],
  });
});

test('definition levels that are changed at any place are refused, or change nothing', async () => {
  const sound = await written('select case when i % 3 = 0 then null else i end as n from range(64) r(i)');
  const before = (await trial.load('t')).rows;
  const { body } = firstPage(sound);
  const levels = sound.readUInt32LE(body);
  for (let at = body; at < body + 4 + levels; at++) {
    const file = Buffer.from(sound);
    file[at] = (file[at] ?? 0) ^ 0x15;
    const result = await load(file).catch((error: unknown) => error);
    if (!(result instanceof Error)) expect((await trial.read((result as { plan: never }).plan, result as never)).rows).toEqual(before);
  }
});

/** The file with a checksum for the first page of its first column, which DuckDB's writer leaves out. */
function withChecksum(file: Buffer, of: (page: Buffer) => number): Buffer {
  const { start, body, bytes } = firstPage(file);
  // Field 4 of a page's header, a number of 32 bits, stands between its size and what follows: behind field 3 the next one says how far it is.
  const header = file.subarray(start, body);
  const { at, step } = fieldBehindSizes(header);
  const checksum = zigzag(of(file.subarray(body, body + bytes)));
  const longer = Buffer.concat([
    header.subarray(0, at),
    Buffer.from([0x15]),
    checksum,
    Buffer.from([((step - 1) << 4) | ((header[at] ?? 0) % 16)]),
    header.subarray(at + 1),
  ]);
  const grown = longer.length - header.length;
  const whole = Buffer.concat([file.subarray(0, start), longer, file.subarray(body)]);
  return withFooter(whole, (metadata) => {
    const own = metadata.row_groups[0]?.columns[0]?.meta_data;
    if (own) own.total_compressed_size += BigInt(grown);
  });
}

/** Where the header's field behind type and sizes begins, and how far its number is from theirs. */
function fieldBehindSizes(header: Buffer): { at: number; step: number } {
  let at = 0;
  for (let field = 0; field < 3; field++) {
    at++;
    while ((header[at++] ?? 0) >= 0x80);
  }
  return { at, step: (header[at] ?? 0) >> 4 };
}

/** A number of 32 bits as Thrift packs it. */
function zigzag(value: number): Buffer {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  const bytes: number[] = [];
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

test('a page whose checksum is wrong is refused, and one whose checksum is right is read', async () => {
  const file = await written('select case when i % 10 = 0 then null else i end as n from range(100) r(i)');
  expect((await load(withChecksum(file, (page) => crc32(page) | 0))).rows_read).toBe(100);
  await expect(load(withChecksum(file, (page) => crc32(page) ^ 1))).rejects.toMatchObject({
    code: 'TABLE_UNREADABLE',
    message: expect.stringContaining('column n is broken in row group 0: the checksum of a page is wrong'),
  });
});
