import type { Buffer } from 'node:buffer';
import type { CsvLayout, TablePlan } from '../../model.ts';
import { feedOf } from './csv-find.ts';
import { csvFormat } from './csv-format.ts';
import { type FoundRecord, findLine } from './csv-records.ts';
import type { RecordShape } from './csv-room.ts';
import { jsonFormat } from './json-format.ts';
import { jsonValues } from './json-values.ts';
import { beginsWithMark, isPacked } from './open-bytes.ts';
import { readRecords } from './read-records.ts';
import type { Fault, TextFormat } from './text-format.ts';

/** Takes the rows of a file, each either sound or bad. */
export interface RowSink {
  good(block: Buffer, found: FoundRecord): void;
  bad(fault: Fault, block: Buffer, found: FoundRecord, line: number): void;
  pause?(): Promise<void>;
}

/** A plan of a CSV file has its layout. */
export const textFormat = ({ kind, columns, file }: TablePlan): TextFormat =>
  kind === 'ndjson' || !file?.csv ? jsonFormat(columns, file?.json_values ? jsonValues() : findLine) : csvFormat(columns, file.csv);

/** Whether DuckDB finds the same records in the file as it lies there. Of JSON it takes no byte order mark. */
const isPlain = async (file: string, encoding: string | undefined, csv: CsvLayout | undefined): Promise<boolean> =>
  encoding === undefined &&
  (csv ? csv.skip === 0 && csv.newline === '\n' && csv.tail === '' : !(await beginsWithMark(file))) &&
  !(await isPacked(file));

/** Whether a row is in the share that is taken: always the same rows, spread evenly, and the first one. */
const isSampled = (row: number, share: number): boolean => Math.floor(row * share) > Math.floor((row - 1) * share);

/** What a reading of all rows has counted. */
export interface RowCount extends RecordShape {
  readonly rows: number;
  /** Whether every line holds one row, and ends as the others do: then a simpler reader sees the same rows. */
  readonly plain: boolean;
}

/** Reads all rows of a planned file. Counts them by itself, so that what was written can be compared with it. */
export async function readRows(plan: TablePlan, file: string, sink: RowSink, signal: AbortSignal): Promise<RowCount> {
  const format = textFormat(plan);
  const { encoding, csv } = plan.file ?? {};
  const count = { rows: 0, plain: await isPlain(file, encoding, csv), longest: 0, multiline: false };
  let header = csv?.header ?? false;
  let row = -1;
  const record = (block: Buffer, found: FoundRecord, line: number): void => {
    const isBlank = found.fault === null && (format.isBlank(block, found) || (header && found.start === found.end));
    const isHeader = header && !isBlank;
    // Line breaks of two bytes, and lines that are not rows, are for this reader alone.
    if (isBlank || (isHeader && found.lines > 1) || found.next - found.end > 1) count.plain = false;
    if (isHeader) header = false;
    if (isHeader || isBlank) return;
    row++;
    if (!isSampled(row, plan.sample)) return;
    count.rows++;
    const fault = found.fault === null ? format.judge(block, found) : { column: null, reason: found.fault };
    if (fault) {
      sink.bad(fault, block, found, line);
      return;
    }
    count.longest = Math.max(count.longest, found.end - found.start);
    count.multiline ||= found.lines > 1;
    sink.good(block, found);
  };
  const options = { file, encoding, find: format.find, signal, ...(csv && { feed: feedOf(csv), skip: csv.skip }) };
  await readRecords(options, { record, pause: async () => sink.pause?.() });
  return count;
}
