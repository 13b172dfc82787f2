import { Buffer } from 'node:buffer';
import type { CsvLayout } from '../../model.ts';
import { type CsvDialect, type FoundRecord, findCsvRecord, findLine } from './csv-records.ts';
import type { FindRecord } from './read-records.ts';

/** What of a layout tells records and values apart. */
export type RecordLayout = Pick<CsvLayout, 'delimiter' | 'quote' | 'newline' | 'comment' | 'tail'>;

const byteOf = (letter: string | null): number => letter?.charCodeAt(0) ?? -1;

export const feedOf = ({ newline }: Pick<CsvLayout, 'newline'>): number => byteOf(newline);

/** Finds the records of a CSV file that is written like this; a comment is one without values. */
export function csvFind({ delimiter, quote, newline, comment, tail }: RecordLayout): FindRecord {
  const dialect: CsvDialect = { delimiter: byteOf(delimiter), quote: byteOf(quote), feed: byteOf(newline) };
  const find: FindRecord = (block, from, final, found) => findCsvRecord(block, from, final, dialect, found);
  const cut = tail === '' ? null : cutTail(tail, tail.startsWith(delimiter));
  const sign = byteOf(comment);
  if (!cut && comment === null) return find;
  return (block, from, final, found) => {
    if (block[from] === sign) return findLine(block, from, final, found, null, dialect.feed);
    if (!find(block, from, final, found)) return false;
    if (found.fault === null) cut?.(block, found);
    return true;
  };
}

/** Takes off what stands at the end of a line and is not a part of its values: delimiters, each of which looks like one more value, or other signs. */
function cutTail(tail: string, delimiters: boolean): (block: Buffer, found: FoundRecord) => void {
  const bytes = Buffer.from(tail);
  return (block, found) => {
    const { columns, ends, quotes, end } = found;
    const from = end - bytes.length;
    if (from < found.start || !block.subarray(from, end).equals(bytes)) return;
    if (!delimiters) {
      if (quotes[columns - 1] || from < (found.starts[columns - 1] ?? 0)) return;
      ends[columns - 1] = from;
    } else {
      if (columns <= bytes.length || quotes[columns - 1]) return;
      found.columns -= bytes.length;
    }
    found.end = from;
  };
}
