import type { Format } from '../program/options.ts';
import { type Column, toText } from './column.ts';
import { paint } from './paint.ts';

const out = (text: string) => process.stdout.write(`${text}\n`);

/** Whether the output is the API's records, and nothing else may be on it. */
export const isJson = (format: Format | undefined): boolean => format === 'json' || format === 'jsonl';

/** Whether a person looks at the output. */
const isDrawn = (format: Format | undefined): boolean => format === 'table' || (format === undefined && process.stdout.isTTY === true);

const asLine = (cells: readonly string[]) => cells.join('\t');

/** Prints records: as the API's JSON, as a table for a person, or as tab-separated lines. */
export async function printList<T>(records: readonly T[], columns: readonly Column<T>[], format: Format | undefined): Promise<void> {
  if (format === 'json') return void out(JSON.stringify(records, null, 2));
  if (format === 'jsonl') return void process.stdout.write(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  if (!isDrawn(format)) {
    process.stdout.write(records.map((record) => `${asLine(columns.map(({ value }) => toText(value(record))))}\n`).join(''));
    return;
  }
  if (records.length === 0) process.stderr.write('There are none.\n');
  else out(await drawTable(records, columns));
}

/** Prints one record: its JSON, or a line for each of its fields. */
export async function printRecord<T>(record: T, fields: readonly Column<T>[], format: Format | undefined): Promise<void> {
  if (format === 'json') return void out(JSON.stringify(record, null, 2));
  if (format === 'jsonl') return void out(JSON.stringify(record));
  if (!isDrawn(format)) {
    for (const { header, value } of fields) out(asLine([header, toText(value(record))]));
    return;
  }
  const width = Math.max(...fields.map(({ header }) => header.length));
  for (const field of fields) {
    const text = shown(field, record);
    if (text !== '') out(`${paint('dim', field.header.padEnd(width))}  ${text}`);
  }
}

const shown = <T>(column: Column<T>, record: T): string => column.show?.(record, Date.now()) ?? toText(column.value(record));

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Without lines, so that a cell can be selected and the whole be pasted. Nothing is cut off: a wide row wraps. */
async function drawTable<T>(records: readonly T[], columns: readonly Column<T>[]): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const table = new Table({
    head: columns.map(({ header }) => paint('dim', header)),
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const record of records) table.push(columns.map((column) => shown(column, record)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
