import { parse } from 'node:path';
import type { FileFormat } from '../../model.ts';

/** Endings of names that are read. */
const KINDS: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.tab': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.json': 'ndjson',
  '.parquet': 'parquet',
};

const PACKED = new Set(['.gz', '.zst']);

/** Endings of data that is not read, and what to do about it. */
const ADVICE: Readonly<Record<string, string>> = {
  '.txt': "a text file is read as CSV only where the list names it: from: '{}'",
  '.xlsx': 'a workbook is not read: save each sheet as CSV',
  '.xls': 'a workbook is not read: save each sheet as CSV',
  '.xlsm': 'a workbook is not read: save each sheet as CSV',
  '.xlsb': 'a workbook is not read: save each sheet as CSV',
  '.ods': 'a workbook is not read: save each sheet as CSV',
  '.bz2': 'bzip2 is not unpacked here: unpack it, or pack it with gzip or zstd',
  '.xz': 'xz is not unpacked here: unpack it, or pack it with gzip or zstd',
  '.lz4': 'lz4 is not unpacked here: unpack it, or pack it with gzip or zstd',
  '.zip': 'archives are not unpacked here: unpack it',
  '.tar': 'archives are not unpacked here: unpack it',
  '.tgz': 'archives are not unpacked here: unpack it',
  '.7z': 'archives are not unpacked here: unpack it',
  '.avro': 'Avro is not read: write it as Parquet',
  '.orc': 'ORC is not read: write it as Parquet',
  '.arrow': 'Arrow is not read: write it as Parquet',
  '.feather': 'Feather is not read: write it as Parquet',
  '.xml': 'XML is not read: write it as CSV or NDJSON',
  '.sqlite': 'SQLite is not read: write its tables as CSV or Parquet',
  '.sqlite3': 'SQLite is not read: write its tables as CSV or Parquet',
  '.db': 'a database is not read: write its tables as CSV or Parquet',
  '.geojson': 'GeoJSON is not read: write its features as NDJSON or CSV',
  '.psv': 'give it a name that ends in .csv: its delimiter is found',
  '.pq': 'give it a name that ends in .parquet',
  '.duckdb': 'a DuckDB database is not a source: write its tables as Parquet',
};

/** What the ending of a file's name says: a table by this name, or why it is none. */
export type NamedFile = { readonly name: string; readonly kind: FileFormat } | { readonly reason: string; readonly is_data: boolean };

export function nameAndKind(file: string): NamedFile {
  const packed = PACKED.has(parse(file).ext.toLowerCase());
  const { name, ext } = parse(packed ? parse(file).name : file);
  const ending = ext.toLowerCase();
  const kind = KINDS[ending];
  if (kind === 'parquet' && packed) return { reason: 'Parquet is packed inside: unpack it', is_data: true };
  if (kind && name) return { name, kind };
  const advice = ADVICE[ending];
  if (advice) return { reason: advice.replace('{}', file), is_data: ending !== '.txt' };
  return {
    reason: ending ? `${ext} is not an ending of CSV, NDJSON, JSON or Parquet files` : 'its name has no ending that says what it is',
    is_data: false,
  };
}

/** A file of JSON that may be one array, or one object behind the other, on any number of lines. */
export const hasValues = (path: string): boolean => /\.json(?:\.gz|\.zst)?$/i.test(path);

/** The same of a file that a person has named: text is then read as CSV. */
export function namedByPerson(path: string): NamedFile {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return nameAndKind(file.replace(/\.txt(?=$|\.gz$|\.zst$)/i, '.csv'));
}
