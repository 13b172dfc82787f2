import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyRecord, type FoundRecord, findCsvRecord } from '../src/sources/files/csv-records.ts';
import { rawText } from '../src/sources/files/raw-text.ts';
import { readRecords } from '../src/sources/files/read-records.ts';
import { sampleRanges } from '../src/sources/files/sample-ranges.ts';
import { FilesTrial } from './support/files-load.ts';

let trial: FilesTrial;
beforeAll(async () => {
  trial = await FilesTrial.start();
});
afterAll(async () => {
  await trial[Symbol.asyncDispose]();
});

const comma = { delimiter: 44, quote: 34, feed: 10 };

function valuesOf(block: Buffer, { columns, starts, ends, quotes }: FoundRecord): (string | null)[] {
  return Array.from({ length: columns }, (_, index) => {
    const text = block.toString('utf8', starts[index], ends[index]);
    return quotes[index] ? text.replaceAll('""', '"') : text || null;
  });
}

function parse(text: string): (string | null)[][] {
  const block = Buffer.from(text);
  const found = emptyRecord();
  const records: (string | null)[][] = [];
  for (let at = 0; findCsvRecord(block, at, true, comma, found); at = found.next) {
    expect(found.fault).toBe(null);
    records.push(valuesOf(block, found));
  }
  return records;
}

test('what is written as CSV is read as it was, whatever is in it', () => {
  const value = fc.option(fc.string({ unit: fc.constantFrom('a', 'é', '😀', '"', ',', '\n', '\r', ' '), maxLength: 8 }));
  const rows = fc.array(fc.array(value, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 });
  const write = (text: string | null) => (text === null ? '' : `"${text.replaceAll('"', '""')}"`);
  fc.assert(
    fc.property(rows, fc.constantFrom('\n', '\r\n'), (table, feed) => {
      expect(parse(table.map((row) => row.map(write).join(',') + feed).join(''))).toEqual(table);
    }),
  );
});

test('lines behind a broken one are read whatever stands in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '"', ','), minLength: 1, maxLength: 12 }), (line) => {
      const block = Buffer.from(`${line}\n1,2\n3,4\n`);
      const found = emptyRecord();
      const good: (string | null)[][] = [];
      for (let at = 0; findCsvRecord(block, at, true, comma, found); at = found.next) {
        if (found.fault === null && found.start > line.length) good.push(valuesOf(block, found));
      }
      expect(good).toEqual([
        ['1', '2'],
        ['3', '4'],
      ]);
    }),
  );
});

test('records are the same however a file is cut into blocks', async () => {
  const lines = Array.from({ length: 60_000 }, (_, index) => `${index},"a text of\n${'x'.repeat(index % 97)}"`);
  await trial.write('t.csv', lines.join('\n'));
  const seen: string[] = [];
  await readRecords(
    { file: `${trial.folder}/t.csv`, find: (block, from, final, found) => findCsvRecord(block, from, final, comma, found) },
    { record: (block, { start, end }) => void seen.push(block.toString('utf8', start, end)) },
  );
  expect(seen).toHaveLength(lines.length);
  expect(seen.every((line, index) => line === lines[index])).toBe(true);
});

test('a part of a file begins and ends with whole records', async () => {
  await trial.write('t.csv', Array.from({ length: 100 }, (_, index) => `row ${String(index).padStart(3, '0')}\n`).join(''));
  const seen: string[] = [];
  await readRecords(
    {
      file: `${trial.folder}/t.csv`,
      find: (block, from, final, found) => findCsvRecord(block, from, final, comma, found),
      range: { start: 20, bytes: 30 },
    },
    { record: (block, { start, end }) => void seen.push(block.toString('utf8', start, end)) },
  );
  expect(seen).toEqual(['row 003', 'row 004', 'row 005']);
});

test('a small file is looked at as a whole, a large one at its beginning and in blocks up to its end', () => {
  expect(sampleRanges(1000, false)).toEqual([undefined]);
  const ranges = sampleRanges(10 * 2 ** 30, false);
  expect(ranges).toHaveLength(9);
  expect(ranges[0]).toEqual({ start: 0, bytes: 32 << 20 });
  const last = ranges.at(-1);
  expect((last?.start ?? 0) + (last?.bytes ?? 0)).toBeGreaterThan(10 * 2 ** 30 - 100);
  expect(sampleRanges(1000, true)).toEqual([{ start: 0, bytes: 64 << 20 }]);
});

test('bytes that are no text stand as they are written in a program', () => {
  expect(rawText(Buffer.from('é, 😀'))).toBe('é, 😀');
  expect(rawText(Buffer.from([0x61, 0x00, 0xff, 0xc3, 0xa9, 0xf0, 0x9f]))).toBe('a\\x00\\xffé\\xf0\\x9f');
});
