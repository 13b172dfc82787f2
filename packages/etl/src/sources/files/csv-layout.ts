import type { Buffer } from 'node:buffer';
import type { CsvLayout, CsvOptions } from '../../model.ts';
import { bestFit, bestOfOne, DELIMITERS, outerTail } from './csv-dialect.ts';
import { feedOf, type RecordLayout } from './csv-find.ts';
import { CR, LF } from './csv-records.ts';
import { findTop, headRecords, type Top } from './csv-top.ts';

/** How a file is written, and what is known of its columns before any type is. */
export interface PlannedLayout {
  readonly layout: CsvLayout;
  /** Null: they have none in the file. */
  readonly names: readonly string[] | null;
  readonly columns: number;
  readonly notes: readonly string[];
}

/** Parts nothing: in a file of one column, whatever else stands in a line is its value. */
export const NO_DELIMITER = '\u001f';

/** The first line of some of Excel's files, which names the delimiter of the others. */
const SEP = /^"?sep=(.)"?(?=\r|\n|$)/i;

/**
 * Decides how a CSV file is written, from its beginning in UTF-8: the one place where anything of this is guessed. What a person has
 * said is taken as it is. A reason is the end of a sentence that says why the file cannot be read.
 */
export function planLayout(head: Buffer, whole: boolean, given: CsvOptions): PlannedLayout | { readonly reason: string } {
  const newline = newlineOf(head);
  const [, named] = SEP.exec(head.toString('latin1', 0, 10)) ?? [];
  const before = given.skip ?? (named === undefined ? 0 : 1);
  const body = behindLines(head, before, feedOf({ newline }));
  const common = { newline, comment: given.comment || null } as const;
  const delimiter = given.delimiter ?? named;
  const tail = delimiter === undefined ? outerTail(firstLines(body, newline, whole)) : '';
  const quotes = given.quote === undefined ? ['"', null] : [given.quote || null];
  const layoutsOf = (delimiters: readonly string[]): RecordLayout[] =>
    delimiters.flatMap((each) => quotes.map((quote) => ({ ...common, delimiter: each, quote, tail })));
  const rows = behindHashes(body, feedOf({ newline }));
  const fit = bestFit(rows, whole, layoutsOf(delimiter === undefined ? DELIMITERS : [delimiter]));
  const one = bestOfOne(body, whole, layoutsOf([delimiter ?? NO_DELIMITER]));
  const settle = (layout: RecordLayout, columns: number): PlannedLayout | { reason: string } => {
    const top = findTop(headRecords(body, whole, layout, before), columns, given);
    if (top === 'one column') return settle(one.layout, one.columns);
    if ('reason' in top) return top;
    const decided = {
      ...layout,
      skip: top.skip,
      header: top.header !== null,
      null_words: given.nullWords ?? [],
      decimal: given.decimal ?? '.',
    } as const;
    return { layout: decided, names: top.names, columns, notes: notesOf(top, decided) };
  };
  if (!fit) return settle(one.layout, one.columns);
  const own = fit.layout.delimiter.repeat(fit.empty);
  return settle(fit.empty > 0 ? { ...fit.layout, tail: own } : fit.layout, fit.columns - fit.empty);
}

const LOOKED_AT = 1 << 16;
const [QUOTE, HASH] = [34, 35];

/** A carriage return ends lines where no line feed does, but for those inside of quotes. */
function newlineOf(head: Buffer): '\n' | '\r' {
  if (!head.includes(CR)) return '\n';
  let quoted = false;
  for (const byte of head.subarray(0, LOOKED_AT)) {
    if (byte === QUOTE) quoted = !quoted;
    else if (byte === LF && !quoted) return '\n';
  }
  return quoted && head.includes(LF) ? '\n' : '\r';
}

/** Without the remarks above a table, which would outvote a short one. */
function behindHashes(body: Buffer, feed: number): Buffer {
  let at = 0;
  while (body[at] === HASH) {
    const end = body.indexOf(feed, at);
    if (end < 0 || end + 1 >= body.length) return body;
    at = end + 1;
  }
  return body.subarray(at);
}

function behindLines(head: Buffer, lines: number, feed: number): Buffer {
  let at = 0;
  for (let line = 0; line < lines && at < head.length; line++) {
    const end = head.indexOf(feed, at);
    at = end < 0 ? head.length : end + 1;
  }
  return head.subarray(at);
}

function firstLines(body: Buffer, newline: string, whole: boolean): string[] {
  const text = body.toString('latin1', 0, LOOKED_AT);
  const lines = text.split(newline).map((line) => line.replace(/\r$/, ''));
  return (whole && body.length <= LOOKED_AT ? lines : lines.slice(0, -1)).filter((line) => line !== '');
}

const HEADERS: Readonly<Record<Exclude<Top['header'], null>, string | null>> = {
  given: null,
  values: null,
  labels: 'The first line is read as the names of the columns, though some of them are numbers.',
  looks: 'The first line looks like the names of the columns, and is read as such.',
};

function notesOf({ header, preamble }: Top, { tail }: CsvLayout): string[] {
  const head = header === null ? 'The first line is a row: the columns have no names in the file.' : HEADERS[header];
  return [preamble, head, tail === '' ? null : `Lines end with ${JSON.stringify(tail)}: this is not read as a column.`].flatMap((note) => note ?? []);
}
