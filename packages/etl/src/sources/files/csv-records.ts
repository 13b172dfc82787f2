import type { Buffer } from 'node:buffer';

/** The bytes by which the records of a file are told apart. */
export interface CsvDialect {
  readonly delimiter: number;
  /** Values may stand in quotes; -1 where they never do: many tab-separated files use the quote as a letter. */
  readonly quote: number;
  /** What ends a line: a line feed, perhaps behind a carriage return, or a carriage return alone. */
  readonly feed: number;
}

/** One record in a block of bytes. One object, filled again and again: files have many millions of records. */
export interface FoundRecord {
  start: number;
  /** End of the record without its line break, and where the next one begins. */
  end: number;
  next: number;
  /** Physical lines that it spans. */
  lines: number;
  /** Number of values; where each begins and ends is in `starts` and `ends`, without quotes. */
  columns: number;
  starts: number[];
  ends: number[];
  quotes: boolean[];
  /** What is wrong with it, in words; null for a sound one. */
  fault: string | null;
}

export const emptyRecord = (): FoundRecord => ({ start: 0, end: 0, next: 0, lines: 1, columns: 0, starts: [], ends: [], quotes: [], fault: null });

export const LF = 10;
export const CR = 13;

const START = 0;
const PLAIN = 1;
const QUOTED = 2;
const CLOSED = 3;

/**
 * A quoted value with line breaks may be this long. Behind a quote that nobody closes, the whole rest of the file would have to be
 * held in memory before anybody could say so.
 */
const LOOKAHEAD_BYTES = 32 << 20;

const UNCLOSED = 'a quote is opened and not closed';

/**
 * The record that begins at `from`; false when the block ends before it does. Strict on purpose: a quote in the middle of a bare
 * value, or text behind a closing quote, is how an unclosed quote shows, and reading on would swallow the good lines behind it. So
 * a record that is wrong about quotes ends with its first line, and the lines behind it are read on their own.
 */
export function findCsvRecord(block: Buffer, from: number, final: boolean, dialect: CsvDialect, found: FoundRecord): boolean {
  const { delimiter, quote, feed } = dialect;
  const other = feed === LF ? CR : LF;
  const limit = block.length;
  let state = START;
  let columns = 0;
  let lines = 1;
  found.start = from;
  found.starts[0] = from;
  found.quotes[0] = false;
  for (let at = from; at < limit; at++) {
    const byte = block[at];
    if (state === QUOTED) {
      if (byte === quote) {
        state = CLOSED;
        found.ends[columns] = at;
      } else if (byte === feed) lines++;
    } else if (byte === delimiter) {
      if (state !== CLOSED) found.ends[columns] = at;
      columns++;
      found.starts[columns] = at + 1;
      found.quotes[columns] = false;
      state = START;
    } else if (byte === feed) return finish(found, state, columns, lines, at, at + 1);
    else if (byte === other) {
      if (feed === CR) return findLine(block, from, final, found, 'there is a line feed in the middle of a line', feed);
      if (at + 1 === limit && !final) return false;
      if (at + 1 === limit || block[at + 1] === LF) return finish(found, state, columns, lines, at, Math.min(at + 2, limit));
      return findLine(block, from, final, found, 'there is a carriage return in the middle of a line', feed);
    } else if (byte === quote) {
      if (state === PLAIN)
        return findLine(block, from, final, found, lines > 1 ? UNCLOSED : 'there is a quote inside a value that is not quoted', feed);
      if (state === START) {
        found.starts[columns] = at + 1;
        found.quotes[columns] = true;
      }
      state = QUOTED;
    } else if (state === CLOSED) {
      return findLine(block, from, final, found, lines > 1 ? UNCLOSED : 'text follows a closing quote', feed);
    } else state = PLAIN;
  }
  if (state === QUOTED && (final || (lines > 1 && limit - from > LOOKAHEAD_BYTES))) return findLine(block, from, final, found, UNCLOSED, feed);
  return final && from < limit && finish(found, state, columns, lines, limit, limit);
}

function finish(found: FoundRecord, state: number, columns: number, lines: number, end: number, next: number): true {
  if (state !== CLOSED) found.ends[columns] = end;
  found.columns = columns + 1;
  found.lines = lines;
  found.end = end;
  found.next = next;
  found.fault = null;
  return true;
}

/** The line that begins at `from`, whatever is in it; false when the block ends before it does. */
export function findLine(block: Buffer, from: number, final: boolean, found: FoundRecord, fault: string | null = null, feed = LF): boolean {
  const at = block.indexOf(feed, from);
  if (at < 0 && (!final || from >= block.length)) return false;
  const end = at < 0 ? block.length : at;
  found.start = from;
  found.end = end > from && feed === LF && block[end - 1] === CR ? end - 1 : end;
  found.next = at < 0 ? end : at + 1;
  found.lines = 1;
  found.columns = 0;
  found.fault = fault;
  return true;
}
