import { crc32 } from 'node:zlib';
import type { ColumnMetaData, PageHeader, SchemaTree } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js';
import { UNPACKERS } from './unpackers.ts';

/** What is wrong inside a file, as the end of a sentence: other readers refuse such a one, or read something else. */
export class BrokenPage extends Error {}

interface Levels {
  /** Rows that begin in the page. */
  readonly rows: number;
  /** Places of the page without a value. */
  readonly empty: number;
}

/** A column's pages of one row group. */
export interface Chunk {
  readonly bytes: ArrayBuffer;
  readonly meta: ColumnMetaData;
  /** From the root to the values. */
  readonly path: SchemaTree[];
}

/**
 * Goes through the pages of a column strictly: checksums, and the levels that say which values belong to which row. A reader that
 * is not strict about them makes up rows that nobody wrote.
 */
export function checkPages({ bytes, meta, path }: Chunk, rowsOfGroup: number): { empty: number } {
  const reader = { view: new DataView(bytes), offset: 0 };
  let [values, rows, empty] = [0, 0, 0];
  while (values < Number(meta.num_values)) {
    if (reader.offset >= bytes.byteLength) throw new BrokenPage(`its pages hold ${values} values instead of ${meta.num_values}`);
    const header = parquetHeader(reader);
    const page = new Uint8Array(bytes, reader.offset, header.compressed_page_size);
    reader.offset += header.compressed_page_size;
    if (header.crc !== undefined && crc32(page) !== header.crc >>> 0) throw new BrokenPage('the checksum of a page is wrong');
    const data = header.data_page_header ?? header.data_page_header_v2;
    if (!data) continue;
    const levels = readLevels(page, header, { meta, path, isFirst: values === 0 });
    values += data.num_values;
    rows += levels.rows;
    empty += levels.empty;
  }
  if (values !== Number(meta.num_values)) throw new BrokenPage(`its pages hold ${values} values instead of ${meta.num_values}`);
  if (rows !== rowsOfGroup) throw new BrokenPage(`its pages hold ${rows} rows instead of ${rowsOfGroup}`);
  const nulls = meta.statistics?.null_count;
  if (nulls !== undefined && getMaxRepetitionLevel(path) === 0 && Number(nulls) !== empty) {
    throw new BrokenPage(`its pages hold ${empty} NULLs, its footer says ${nulls}`);
  }
  return { empty };
}

interface PagePlace {
  readonly meta: ColumnMetaData;
  readonly path: SchemaTree[];
  readonly isFirst: boolean;
}

function readLevels(page: Uint8Array, header: PageHeader, { meta, path, isFirst }: PagePlace): Levels {
  const [maxRepetition, maxDefinition] = [getMaxRepetitionLevel(path), getMaxDefinitionLevel(path)];
  const { data_page_header: first, data_page_header_v2: second } = header;
  const count = first?.num_values ?? second?.num_values ?? 0;
  if (count < 0) throw new BrokenPage('a page says that it holds a negative number of values');
  if (maxRepetition === 0 && maxDefinition === 0) return { rows: count, empty: 0 };
  let [repetition, definition] = [page, page];
  if (second) {
    const middle = second.repetition_levels_byte_length;
    repetition = page.subarray(0, middle);
    definition = page.subarray(middle, middle + second.definition_levels_byte_length);
  } else {
    let rest = decompressPage(page, header.uncompressed_page_size, meta.codec, UNPACKERS);
    const take = (): Uint8Array => {
      const length = new DataView(rest.buffer, rest.byteOffset, rest.byteLength).getUint32(0, true);
      const taken = rest.subarray(4, 4 + length);
      if (taken.length < length) throw new BrokenPage('its levels end before they should');
      rest = rest.subarray(4 + length);
      return taken;
    };
    if (maxRepetition > 0) repetition = take();
    if (maxDefinition > 0) definition = take();
  }
  const starts = maxRepetition === 0 ? null : countLevels(repetition, count, maxRepetition);
  if (starts && isFirst && starts.first !== 0) throw new BrokenPage('its first value continues a row that has not begun');
  const rows = starts ? (starts.counts[0] ?? 0) : count;
  const empty = maxDefinition === 0 ? 0 : count - (countLevels(definition, count, maxDefinition).counts[maxDefinition] ?? 0);
  if (second && second.num_rows !== rows) throw new BrokenPage(`a page holds ${rows} rows, and says ${second.num_rows}`);
  if (second && maxRepetition === 0 && second.num_nulls !== empty) throw new BrokenPage(`a page holds ${empty} NULLs, and says ${second.num_nulls}`);
  return { rows, empty };
}

/** How often each level stands in runs of equal ones and packed ones; exactly so many levels must be there. */
function countLevels(bytes: Uint8Array, count: number, max: number): { counts: number[]; first: number } {
  const width = 32 - Math.clz32(max);
  const counts = new Array<number>(max + 1).fill(0);
  let [at, seen, first] = [0, 0, -1];
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw new BrokenPage(`it has ${seen} levels for ${count} values`);
    return byte;
  };
  const add = (level: number, times: number): void => {
    if (level > max) throw new BrokenPage(`it has a level of ${level}, where ${max} is the highest`);
    if (first < 0) first = level;
    counts[level] = (counts[level] ?? 0) + times;
    seen += times;
  };
  while (seen < count) {
    let [header, shift] = [0, 0];
    for (let byte = next(); ; byte = next()) {
      header += (byte & 0x7f) * 2 ** shift;
      shift += 7;
      if (byte < 0x80) break;
    }
    if (header % 2 === 0) {
      let level = 0;
      for (let index = 0; index < Math.ceil(width / 8); index++) level |= next() << (8 * index);
      if (header === 0) throw new BrokenPage('it has an empty run of levels');
      add(level, Math.min(header / 2, count - seen));
      continue;
    }
    let [bits, held] = [0, 0];
    // The last group is filled up to eight.
    for (let left = Math.floor(header / 2) * 8; left > 0 && seen < count; left--) {
      while (held < width) {
        bits |= next() << held;
        held += 8;
      }
      add(bits & ((1 << width) - 1), 1);
      bits >>>= width;
      held -= width;
    }
  }
  return { counts, first };
}
