import { Buffer, isUtf8 } from 'node:buffer';
import type { ColumnPlan, FilePlan } from '../../model.ts';
import { columnNames, textColumn } from './column-names.ts';
import { detectDialect } from './csv-dialect.ts';
import { isHeader } from './csv-header.ts';
import { type CsvDialect, type FoundRecord, findCsvRecord } from './csv-records.ts';
import type { FileIdentity } from './file-identity.ts';
import { TypeGuess } from './guess-type.ts';
import { isPacked, openBytes } from './open-bytes.ts';
import { readRecords } from './read-records.ts';
import { sampleRanges } from './sample-ranges.ts';
import { VARCHAR } from './text-types.ts';

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
  readonly badShare: number;
}

const HEAD_BYTES = 1 << 20;

/** The beginning of a text file; null when there is nothing in it. */
async function readHead(file: string): Promise<{ head: Buffer; whole: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of openBytes({ file })) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > HEAD_BYTES) return { head: Buffer.concat(chunks), whole: false };
  }
  return { head: Buffer.concat(chunks), whole: true };
}

/** Columns of a CSV file and their types, or the reason why there are none. */
export async function planCsv(file: PlannedFile): Promise<TextPlan | string> {
  const { head, whole } = await readHead(file.path);
  const from = isUtf8(head.subarray(0, 3)) && head.subarray(0, 3).toString('utf8') === '\ufeff' ? 3 : 0;
  if (head.length === from) return 'The file is empty: it has no columns.';
  if (/^(?:\xff\xfe|\xfe\xff)/.test(head.subarray(0, 2).toString('latin1'))) return 'The file is UTF-16. Save it as UTF-8.';
  const { dialect, columns } = detectDialect(head, from, whole);
  const look = new CsvLook(dialect, columns);
  for (const range of sampleRanges(file.bytes, await isPacked(file.path))) {
    await readRecords(
      { file: file.path, find: (...args) => findCsvRecord(args[0], args[1], args[2], dialect, args[3]), ...(range && { range }) },
      look,
    );
  }
  return look.plan(file);
}

/** Looks through records to learn what the columns hold. */
class CsvLook {
  readonly #dialect: CsvDialect;
  readonly #guesses: TypeGuess[];
  #first: { bytes: Buffer; quoted: boolean }[] | null = null;
  #records = 0;
  #bytes = 0;

  constructor(dialect: CsvDialect, columns: number) {
    this.#dialect = dialect;
    this.#guesses = Array.from({ length: columns }, () => new TypeGuess());
  }

  record(block: Buffer, found: FoundRecord): void {
    if (found.start === found.end && this.#guesses.length > 1) return;
    this.#records++;
    this.#bytes += found.next - found.start;
    if (!this.#first) {
      this.#first = Array.from({ length: found.columns }, (_, index) => ({
        bytes: Buffer.from(block.subarray(found.starts[index], found.ends[index])),
        quoted: found.quotes[index] ?? false,
      }));
      return;
    }
    if (found.fault !== null || found.columns !== this.#guesses.length) return;
    for (const [index, guess] of this.#guesses.entries()) {
      const [start = 0, end = 0] = [found.starts[index], found.ends[index]];
      if (start < end || found.quotes[index]) guess.add('text', block, start, end);
    }
  }

  plan({ bytes, badShare }: PlannedFile): TextPlan | string {
    const first = this.#first;
    if (!first) return 'No line of it can be read as CSV in UTF-8.';
    const decide = () => this.#guesses.map((guess) => guess.decide(badShare)?.type ?? VARCHAR);
    const header = isHeader(
      first.map((value) => value.bytes),
      decide(),
    );
    if (!header) {
      for (const [index, guess] of this.#guesses.entries()) {
        const value = first[index];
        if (value && (value.bytes.length > 0 || value.quoted)) guess.add('text', value.bytes, 0, value.bytes.length);
      }
    }
    const source = this.#guesses.map((_, index) => (header ? (first[index]?.bytes.toString('utf8').replaceAll('""', '"') ?? '') : ''));
    const { names, notes } = columnNames(source);
    const columns = decide().map((type, index) => textColumn(source[index] || (names[index] ?? ''), names[index] ?? '', 'text', type.name));
    const rows = this.#bytes === 0 ? 0 : Math.round((this.#records * Math.max(bytes, this.#bytes)) / this.#bytes) - (header ? 1 : 0);
    if (!header) notes.push('The first line is a row: the columns have no names in the file.');
    else if (columns.every(({ type }) => type === VARCHAR.name)) notes.push('The first line is taken for the names of the columns, by its looks.');
    return { columns, estimated_rows: rows, notes, file: { ...this.#dialect, header } };
  }
}
