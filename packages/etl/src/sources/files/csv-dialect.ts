import type { Buffer } from 'node:buffer';
import { type CsvDialect, emptyRecord, findCsvRecord } from './csv-records.ts';

/** The rarer a character is in text, the sooner it is believed to part values. */
const DELIMITERS = ['\t', ';', '|', ','];

/** Records that are looked at. */
const ENOUGH = 2000;

interface Fit {
  readonly dialect: CsvDialect;
  /** Values of most records. */
  readonly columns: number;
  /** Share of records that are sound and have that many. */
  readonly share: number;
}

/** How well a dialect explains the beginning of a file. */
function fitOf(head: Buffer, from: number, whole: boolean, dialect: CsvDialect): Fit {
  const found = emptyRecord();
  const counts = new Map<number, number>();
  let records = 0;
  for (let at = from; records < ENOUGH && findCsvRecord(head, at, whole, dialect, found); at = found.next) {
    if (found.start === found.end) continue;
    records++;
    if (found.fault === null) counts.set(found.columns, (counts.get(found.columns) ?? 0) + 1);
  }
  const [columns = 1, count = 0] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  return { dialect, columns, share: records === 0 ? 0 : count / records };
}

/** A quote that is a letter breaks many records; some broken ones are only bad rows. */
const LETTER_SHARE = 0.9;

/** The delimiter that makes the most records alike; one column when none does. `whole`: the head is the whole file. */
export function detectDialect(head: Buffer, from: number, whole: boolean): { dialect: CsvDialect; columns: number } {
  const best = (quoted: boolean): Fit | undefined =>
    DELIMITERS.map((delimiter) => fitOf(head, from, whole, { delimiter, quoted }))
      .filter(({ columns }) => columns > 1)
      .sort((a, b) => b.share - a.share)[0];
  const [withQuotes, without] = [best(true), best(false)];
  if (without && without.share > LETTER_SHARE && (withQuotes?.share ?? 0) < LETTER_SHARE) return without;
  if (withQuotes && withQuotes.share > 0.5) return withQuotes;
  return { dialect: { delimiter: ',', quoted: true }, columns: 1 };
}
