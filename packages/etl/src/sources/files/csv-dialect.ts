import type { Buffer } from 'node:buffer';
import { csvFind, type RecordLayout } from './csv-find.ts';
import { emptyRecord } from './csv-records.ts';
import { isNumberLike } from './number-text.ts';

/** The rarer a character is in text, the sooner it is believed to part values. */
export const DELIMITERS = ['\t', ';', '|', ','];

/** Records that are looked at, and those whose values are. */
const ENOUGH = 2000;
const ENOUGH_VALUES = 300;

/** How well a dialect explains the beginning of a file. */
export interface Fit {
  readonly layout: RecordLayout;
  /** Values of most records, and how many of them, at the end, are always empty. */
  readonly columns: number;
  readonly empty: number;
  /** Share of records that are sound and have that many. */
  readonly share: number;
  readonly score: number;
  /** Most of the values that have a quote begin and end with one: it is hardly a letter. */
  readonly wrapped: boolean;
}

const QUOTE = 34;

export function fitOf(head: Buffer, whole: boolean, layout: RecordLayout): Fit {
  const find = csvFind(layout);
  const delimiter = layout.delimiter.charCodeAt(0);
  const found = emptyRecord();
  const counts = new Map<number, { records: number; empty: number }>();
  let [records, values, clean] = [0, 0, 0];
  let [withQuote, wrapped] = [0, 0];
  for (let at = 0; records < ENOUGH && find(head, at, whole, found); at = found.next) {
    const isComment = found.fault === null && found.columns === 0;
    if (found.start === found.end || isComment) continue;
    records++;
    if (found.fault !== null) continue;
    const { columns } = found;
    const before = counts.get(columns);
    let empty = 0;
    while (empty < columns && found.starts[columns - 1 - empty] === found.ends[columns - 1 - empty] && !found.quotes[columns - 1 - empty]) empty++;
    counts.set(columns, { records: (before?.records ?? 0) + 1, empty: Math.min(before?.empty ?? empty, empty) });
    if (records > ENOUGH_VALUES) continue;
    for (let index = 0; index < columns; index++) {
      values++;
      const [start = 0, end = 0] = [found.starts[index], found.ends[index]];
      if (layout.quote === null && head.subarray(start, end).includes(QUOTE)) {
        withQuote++;
        if (end - start > 1 && head[start] === QUOTE && head[end - 1] === QUOTE) wrapped++;
      }
      if (found.quotes[index] || isClean(head, start, end, delimiter)) clean++;
    }
  }
  const [columns = 1, most = { records: 0, empty: 0 }] = [...counts].sort(([, a], [, b]) => b.records - a.records)[0] ?? [];
  const share = records === 0 ? 0 : most.records / records;
  const empty = Math.min(most.empty, columns - 1);
  const score = share * (1 - 1 / (columns - empty)) * Math.max(clean / values, 0.1);
  return { layout, columns, empty, share, score, wrapped: wrapped > withQuote / 2 };
}

const BYTES = DELIMITERS.map((delimiter) => delimiter.charCodeAt(0));

/** Whether a bare value is whole: another delimiter in it is a sign that the value is several, but for a decimal comma. */
function isClean(block: Buffer, start: number, end: number, delimiter: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = block[at] ?? 0;
    if (byte !== delimiter && BYTES.includes(byte)) return isNumberLike(block, start, end);
  }
  return true;
}

/** A quote that is a letter breaks many records; some broken ones are only bad rows. */
const LETTER_SHARE = 0.9;

/** The way of writing that makes the most records alike; null when none gives several columns. */
export function bestFit(head: Buffer, whole: boolean, layouts: readonly RecordLayout[]): Fit | null {
  const fits = layouts.map((layout) => fitOf(head, whole, layout)).filter(({ columns, empty }) => columns - empty > 1);
  const best = (quoted: boolean) => fits.filter(({ layout }) => (layout.quote !== null) === quoted).sort((a, b) => b.score - a.score)[0];
  const [withQuotes, without] = [best(true), best(false)];
  // Quotes that are escaped in a way of their own break records: better these are told than that all values keep their quotes.
  if (without?.wrapped && withQuotes) return withQuotes;
  if (without && without.share > LETTER_SHARE && (withQuotes?.share ?? 0) < LETTER_SHARE) return without;
  return [withQuotes, without].find((fit) => fit !== undefined && fit.share > 0.5) ?? null;
}

/** For a file that no delimiter parts: with quotes, unless they are letters. */
export function bestOfOne(head: Buffer, whole: boolean, layouts: readonly RecordLayout[]): Fit {
  const fits = layouts.map((layout) => fitOf(head, whole, layout));
  return (fits.find(({ share }) => share >= LETTER_SHARE) ?? fits[0]) as Fit;
}

const RUN = /([,;|\t])\1*\r?$/;

/**
 * Delimiters at the end of every line that stand nowhere else: they part nothing. Excel writes `a,b,c;;` where a file with commas
 * was opened with semicolons.
 */
export function outerTail(lines: readonly string[]): string {
  const [tail = '', sign = ''] = RUN.exec(lines[0] ?? '') ?? [];
  const own = tail.trimEnd() || tail;
  const run = sign === '\t' ? sign : own;
  if (sign === '' || lines.length < 2) return '';
  const others = DELIMITERS.filter((delimiter) => delimiter !== sign);
  const isOuter = (line: string) => line.endsWith(run) && !line.slice(0, -run.length).includes(sign);
  return lines.every(isOuter) && lines.some((line) => others.some((delimiter) => line.includes(delimiter))) ? run : '';
}
