import { Buffer } from 'node:buffer';
import type { CsvOptions } from '../../model.ts';
import { csvFind, type RecordLayout } from './csv-find.ts';
import { type Header, headerOf } from './csv-header.ts';
import { emptyRecord } from './csv-records.ts';
import { isText } from './raw-text.ts';

/** A record at the beginning of a file. */
interface HeadRecord {
  /** Lines of the file before it. */
  readonly before: number;
  readonly blank: boolean;
  readonly fault: string | null;
  readonly columns: number;
  readonly cells: readonly Buffer[];
  readonly bytes: Buffer;
}

/** Where a table begins in its file. */
export interface Top {
  readonly skip: number;
  readonly header: Header | 'given' | null;
  /** The names in the header. */
  readonly names: readonly string[] | null;
  /** Lines that are left out before it; null when there are none. */
  readonly preamble: string | null;
}

const ENOUGH = 500;
/** So many lines may stand before a header. */
const LONGEST_PREAMBLE = 100;

export function headRecords(head: Buffer, whole: boolean, layout: RecordLayout, before: number): HeadRecord[] {
  const find = csvFind(layout);
  const found = emptyRecord();
  const records: HeadRecord[] = [];
  let line = before;
  for (let at = 0; records.length < ENOUGH && find(head, at, whole, found); at = found.next) {
    const bytes = head.subarray(found.start, found.end);
    const cells = Array.from({ length: found.columns }, (_, index) =>
      unquoted(head.subarray(found.starts[index], found.ends[index]), found.quotes[index], layout),
    );
    const fault = found.fault ?? (isText(bytes) ? null : bytes.includes(0) ? 'it holds a NUL byte' : 'it is not UTF-8');
    // A comment has no values.
    if (found.columns > 0 || found.fault !== null)
      records.push({ before: line, blank: bytes.length === 0, fault, columns: found.columns, cells, bytes });
    line += found.lines;
  }
  return records;
}

function unquoted(bytes: Buffer, quoted: boolean | undefined, { quote }: RecordLayout): Buffer {
  return quoted && quote && bytes.includes(quote) ? Buffer.from(bytes.toString('latin1').replaceAll(quote + quote, quote), 'latin1') : bytes;
}

/** Where the header is, or the first row; a text is the reason why nobody can say so. */
export function findTop(records: readonly HeadRecord[], columns: number, given: CsvOptions): Top | 'one column' | { readonly reason: string } {
  const isSound = ({ blank, fault, columns: count }: HeadRecord) => !blank && fault === null && count === columns;
  const rowsBelow = (index: number) =>
    records
      .slice(index + 1)
      .filter(isSound)
      .map(({ cells }) => cells);
  const headerAt = (index: number): Header | 'given' | null => {
    if (given.header !== undefined) return given.header ? 'given' : null;
    const record = records[index];
    return record && isSound(record) ? headerOf(record.cells, rowsBelow(index)) : null;
  };
  const first = records.findIndex(({ blank }) => !blank);
  if (first < 0) return { reason: 'it has no rows' };
  const topAt = (index: number, header: Header | 'given' | null) => toTop(records, first, index, header);
  if (given.skip !== undefined || given.header === false) return topAt(first, headerAt(first));

  const at = behindComments(records, first, isSound, headerAt);
  const sound = records.findIndex((record, index) => index >= at && isSound(record));
  const above = records.slice(at, sound < 0 ? undefined : sound).filter(({ blank }) => !blank);
  const index = sound < 0 ? at : behindPadding(records, sound, columns, rowsBelow);
  const header = sound < 0 ? null : headerAt(index);
  const odd = above.find(
    (record, place) => record.columns > columns || (header === null && place === 0) || (header === 'looks' && record.fault !== null),
  );
  if (odd && (odd.fault !== null || isNamed(odd))) return { reason: faultOfHeader(odd, columns) };
  if (header === null || odd) return topAt(odd ? first : Math.max(sound, first), null);
  const rows = rowsBelow(sound);
  if (above.length === 1 && header === 'looks' && rows.length > 0 && rows.every((cells) => cells[1]?.[0] === SPACE)) return 'one column';
  return (records[index]?.before ?? 0) - (records[first]?.before ?? 0) > LONGEST_PREAMBLE ? topAt(first, null) : topAt(index, header);
}

/** A line above all sound ones that is not a preamble: it may be the header, and nobody can say so. */
const faultOfHeader = ({ before, columns: count, fault }: HeadRecord, columns: number): string =>
  fault === null
    ? `line ${before + 1} looks like the names of ${count} columns, but most lines have ${columns} values`
    : `line ${before + 1}, which may be its header, cannot be read: ${fault}`;

const SPACE = 32;
const HASH = 35;

/** Lines that begin with `#` before the header; the last one is the header itself where it has as many values, and no space behind its sign. */
function behindComments(
  records: readonly HeadRecord[],
  first: number,
  isSound: (record: HeadRecord) => boolean,
  headerAt: (index: number) => Header | 'given' | null,
): number {
  let at = first;
  while (records[at]?.bytes[0] === HASH || (at > first && records[at]?.blank)) at++;
  if (at === first || at === records.length) return first;
  const last = records.findLastIndex(({ bytes }, index) => index < at && bytes[0] === HASH);
  const record = records[last];
  const second = record?.bytes[1];
  const isNames = record && isSound(record) && second !== SPACE && second !== HASH && headerAt(at) !== 'values' && headerAt(at) !== 'labels';
  return isNames ? last : at;
}

/** A preamble that is padded to the width of the table: lines of a few values before one that has all of them, each a name. */
function behindPadding(
  records: readonly HeadRecord[],
  sound: number,
  columns: number,
  rowsBelow: (index: number) => readonly (readonly Buffer[])[],
): number {
  const filled = (record: HeadRecord | undefined) => record?.cells.filter(({ length }) => length > 0).length ?? 0;
  if (columns < 3 || filled(records[sound]) > columns / 2) return sound;
  const full = records.findIndex((record, index) => index > sound && record.columns === columns && filled(record) === columns);
  const isPadding = full > 0 && records.slice(sound, full).every((record) => filled(record) < columns);
  return isPadding && headerOf(records[full]?.cells ?? [], rowsBelow(full)) !== null ? full : sound;
}

/** Whether a line that is longer than the others may well be the names of columns. */
const isNamed = ({ cells }: HeadRecord): boolean => cells.length > 1 && headerOf(cells, []) !== null;

function toTop(records: readonly HeadRecord[], first: number, index: number, header: Header | 'given' | null): Top | { readonly reason: string } {
  const record = records[index];
  if (!record) return { reason: 'it has no rows' };
  if (record.fault !== null && header !== null) return { reason: `line ${record.before + 1}, its header, cannot be read: ${record.fault}` };
  const above = records.slice(first, index).filter(({ blank }) => !blank);
  const names = header === null ? null : record.cells.map((bytes) => bytes.toString('utf8'));
  return {
    skip: header === null && above.length === 0 ? 0 : record.before,
    header,
    names,
    preamble: above.length > 0 ? sayPreamble(above, record) : null,
  };
}

const SHOWN = 40;

function sayPreamble(above: readonly HeadRecord[], { before }: HeadRecord): string {
  const text = above[0]?.bytes.toString('utf8') ?? '';
  const start = (above[0]?.before ?? 0) + 1;
  const lines = before > start ? `Lines ${start} to ${before} come` : `Line ${start} comes`;
  return `${lines} before the table and ${before > start ? 'are' : 'is'} left out: "${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}".`;
}
