import { Buffer } from 'node:buffer';
import type { ColumnPlan, CsvLayout, CsvOptions, FilePlan } from '../../model.ts';
import { csvFind, feedOf } from './csv-find.ts';
import { type PlannedLayout, planLayout } from './csv-layout.ts';
import { type FoundRecord, LF } from './csv-records.ts';
import { encodingOf, encodingOfHead } from './encoding.ts';
import type { FileIdentity } from './file-identity.ts';
import { type Guess, TypeGuess } from './guess-type.ts';
import { byNullWords } from './null-words.ts';
import { pointOf } from './number-text.ts';
import { isPacked } from './open-bytes.ts';
import { type GivenTypes, planColumns } from './plan-columns.ts';
import { openText, readRecords } from './read-records.ts';
import { type Range, sampleRanges } from './sample-ranges.ts';

/** What a look at a text file tells of it. */
export interface TextPlan {
  readonly columns: ColumnPlan[];
  readonly estimated_rows: number;
  readonly notes: string[];
  readonly file: Omit<FilePlan, keyof FileIdentity>;
}

/** A file as planning needs it. */
export interface PlannedFile {
  readonly path: string;
  readonly bytes: number;
  readonly csv?: CsvOptions | undefined;
  readonly given: GivenTypes;
}

const HEAD_BYTES = 1 << 20;
/** A head has a few whole lines, however long the first one is; up to here. */
const LONGEST_HEAD = 64 << 20;
const ENOUGH_LINES = 3;

/** The beginning of a text file as UTF-8, and whether that is all of it. */
async function readHead(file: string, encoding: string | undefined): Promise<{ head: Buffer; whole: boolean }> {
  const chunks: Buffer[] = [];
  let [bytes, lines] = [0, 0];
  for await (const chunk of openText({ file, encoding })) {
    chunks.push(chunk);
    bytes += chunk.length;
    for (let at = chunk.indexOf(LF); at >= 0 && lines < ENOUGH_LINES; at = chunk.indexOf(LF, at + 1)) lines++;
    if (bytes > LONGEST_HEAD || (bytes > HEAD_BYTES && lines >= ENOUGH_LINES)) return { head: Buffer.concat(chunks), whole: false };
  }
  return { head: Buffer.concat(chunks), whole: true };
}

const MARK = Buffer.from('\ufeff');

interface Head {
  readonly text: Buffer;
  readonly whole: boolean;
  /** Undefined for UTF-8. */
  readonly encoding: string | undefined;
}

/** The beginning of a file's text, by the encoding that a person has named or that its first bytes tell. */
export async function readText(path: string, given: string | undefined): Promise<Head | { readonly reason: string }> {
  const raw = await readHead(path, undefined);
  const label = given ?? encodingOfHead(raw.head);
  const known = label === null ? null : encodingOf(label);
  if (label !== null && !known) return { reason: `Its text is in ${label}, which is not read. Save it as UTF-8.` };
  const encoding = known?.decoder ? known.name : undefined;
  const { head, whole } = encoding === undefined ? raw : await readHead(path, encoding);
  return { text: head.subarray(0, 3).equals(MARK) ? head.subarray(3) : head, whole, encoding };
}

/** Columns of a CSV file and their types, or the reason why there are none. */
export async function planCsv(file: PlannedFile): Promise<TextPlan | string> {
  const head = await readText(file.path, file.csv?.encoding);
  if ('reason' in head) return head.reason;
  const { text, whole, encoding } = head;
  if (text.length === 0) return 'The file is empty: it has no columns.';
  const planned = planLayout(text, whole, file.csv ?? {});
  if ('reason' in planned) return sayReason(planned.reason);
  const look = new CsvLook(planned.layout, planned.columns);
  for (const range of sampleRanges(file.bytes, encoding !== undefined || (await isPacked(file.path)))) await look.read(file.path, encoding, range);
  return look.plan(file, planned, encoding);
}

const sayReason = (reason: string): string =>
  reason.endsWith('it is not UTF-8') ? `As CSV, ${reason}. Say which encoding it has: csv: { encoding: 'windows-1252' }.` : `As CSV, ${reason}.`;

/** Types of columns by every value of a file, with the layout that it was planned with. */
export async function guessAllCsv(path: string, columns: number, { encoding, csv }: Pick<FilePlan, 'encoding' | 'csv'>): Promise<Guess[]> {
  const look = new CsvLook(csv as CsvLayout, columns);
  await look.read(path, encoding, undefined);
  return look.decide();
}

/** A column without values may hold anything. */
const UNKNOWN: Guess = { type: 'VARCHAR', type_args: {}, kind: 'text', note: null };

/** Looks through records to learn what the columns hold. */
class CsvLook {
  readonly #layout: CsvLayout;
  readonly #isNull;
  readonly #emptyIsNull;
  readonly #guesses: readonly TypeGuess[];
  #header = false;
  #records = 0;
  #bytes = 0;
  #noText = 0;
  #whole = false;

  constructor(layout: CsvLayout, columns: number) {
    this.#layout = layout;
    this.#isNull = byNullWords(layout.null_words);
    this.#emptyIsNull = layout.null_words.includes('');
    this.#guesses = Array.from({ length: columns }, () => new TypeGuess(pointOf(layout.decimal)));
  }

  async read(file: string, encoding: string | undefined, range: Range | undefined): Promise<void> {
    const { skip, header } = this.#layout;
    this.#header = header && !range?.start;
    this.#whole = range === undefined;
    const options = { file, encoding, find: csvFind(this.#layout), feed: feedOf(this.#layout), skip, ...(range && { range }) };
    await readRecords(options, this);
  }

  record(block: Buffer, found: FoundRecord): void {
    const guesses = this.#guesses;
    if (found.fault === null && (found.columns === 0 || (found.start === found.end && (guesses.length > 1 || this.#header)))) return;
    this.#bytes += found.next - found.start;
    if (this.#header) {
      this.#header = false;
      return;
    }
    this.#records++;
    if (found.fault?.startsWith('it is not ')) this.#noText++;
    if (found.fault !== null || found.columns !== guesses.length) return;
    for (let index = 0; index < guesses.length; index++) {
      const [start = 0, end = 0] = [found.starts[index], found.ends[index]];
      const quoted = found.quotes[index] ?? false;
      const isValue = start < end ? quoted || !this.#isNull?.(block, start, end) : quoted && !this.#emptyIsNull;
      if (isValue) guesses[index]?.add('text', block, start, end);
    }
  }

  decide(): Guess[] {
    return this.#guesses.map((guess) => guess.decide() ?? UNKNOWN);
  }

  plan({ bytes, given }: PlannedFile, { layout, names, notes }: PlannedLayout, encoding: string | undefined): TextPlan | string {
    const planned = planColumns(
      this.#guesses.map((_, index) => names?.[index] ?? ''),
      this.decide(),
      given,
    );
    if (typeof planned === 'string') return planned;
    const rows = this.#whole ? this.#records : Math.round((this.#records * Math.max(bytes, this.#bytes)) / Math.max(this.#bytes, 1));
    const file = { csv: layout, ...(encoding !== undefined && { encoding }) };
    return { columns: planned.columns, estimated_rows: rows, notes: [...notes, ...this.#encodingNotes(encoding), ...planned.notes], file };
  }

  #encodingNotes(encoding: string | undefined): string[] {
    if (encoding !== undefined) return [`Its text is ${encoding}.`, ...this.#noTextNote(encoding)];
    return this.#noTextNote('UTF-8');
  }

  #noTextNote(encoding: string): string[] {
    if (this.#noText === 0) return [];
    const rows = `${this.#noText} of ${this.#records} rows that were looked at`;
    return [`${rows} are not ${encoding}. If the file has another encoding, say which: csv: { encoding: 'windows-1252' }.`];
  }
}
