import { literal } from '../types/sql.ts';
import { filesToRead, fileToRead } from './file-literal.ts';

/*
 * The readers of DuckDB, with every option said: none is left to a guess from the file, its path or its neighbours. A folder called
 * `day=2026-01-31` would otherwise become a column, and take the place of one that the file has.
 */

/** SQL of each option, by its name. */
type Options = Readonly<Record<string, string>>;

const NO_PATH_COLUMNS = { filename: 'false', hive_partitioning: 'false', hive_types_autocast: 'false', union_by_name: 'false' };

const PARQUET: Options = { ...NO_PATH_COLUMNS, binary_as_string: 'false', file_row_number: 'false' };

const CSV: Options = {
  ...NO_PATH_COLUMNS,
  auto_detect: 'false',
  all_varchar: 'false',
  normalize_names: 'false',
  null_padding: 'false',
  strict_mode: 'true',
  allow_quoted_nulls: 'false',
  compression: "'none'",
  encoding: "'utf-8'",
  decimal_separator: "'.'",
  comment: "''",
  skip: '0',
  header: 'false',
  new_line: "'\\n'",
};

const JSON_LINES: Options = { ...NO_PATH_COLUMNS, compression: "'uncompressed'", ignore_errors: 'false', format: "'newline_delimited'" };

const RECORDS: Options = { ...JSON_LINES, auto_detect: 'false', records: "'true'", convert_strings_to_integers: 'false' };

const write = (options: Options): string =>
  Object.entries(options)
    .map(([name, sql]) => `${name} = ${sql}`)
    .join(', ');

const columnList = (columns: Columns): string => `{${columns.map(([name, type]) => `${name}: ${literal(type)}`).join(', ')}}`;

type Columns = readonly (readonly [name: string, type: string])[];

/** Options beside the usual ones, as SQL: how large records are, and how many readers may share a file. */
interface Room {
  readonly room?: string;
}

const roomOf = ({ room }: Room): string => (room ? `, ${room}` : '');

export interface CsvReading extends Room {
  readonly columns: Columns;
  /** SQL of options that differ from the usual ones. */
  readonly options: Options & { readonly delim: string; readonly quote: string; readonly escape: string; readonly nullstr: string };
}

export const readCsv = (file: string, { columns, options, ...room }: CsvReading): string =>
  `read_csv(${fileToRead(file)}, ${write({ ...CSV, ...options })}, columns = ${columnList(columns)}${roomOf(room)})`;

/** `options`: `file_row_number`, where rows are picked by their place. */
export const readParquet = (files: string | readonly string[], options: Options = {}): string =>
  `read_parquet(${typeof files === 'string' ? fileToRead(files) : filesToRead(files)}, ${write({ ...PARQUET, ...options })})`;

/** Each object as one value of JSON: one a line, or one behind the other. */
export const readJsonObjects = (file: string, format: 'newline_delimited' | 'unstructured', room: string): string =>
  `read_json_objects(${fileToRead(file)}, ${write({ ...JSON_LINES, format: literal(format) })}, ${room})`;

/** Objects, one a line, as rows of these columns. */
export const readJsonRecords = (file: string, columns: Columns, room: string): string =>
  `read_json(${fileToRead(file)}, ${write(RECORDS)}, columns = ${columnList(columns)}, ${room})`;

/** What the footers of Parquet files say. */
export const parquetFooters = (files: readonly string[]): string => `parquet_file_metadata(${filesToRead(files)})`;
