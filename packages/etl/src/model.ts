import type { JsonObject } from '@sluice/core/lib/json';
import type { DatabaseKind } from './names/source-kinds.ts';

/*
 * The words of a load. Plans, extracts and loads are results of tasks: they are stored as checkpoints, so they are small and plain
 * JSON; rows never travel in them, only where the rows are.
 */

/** A table to load, as a person lists it. */
export interface TableSpec {
  /** Schema and name in the warehouse, and in the source unless `from` says otherwise: `public.orders`. */
  readonly name: string;
  /** Name of a source. Where it is, and its password, is known to the workers only: see `locations.ts`. */
  readonly source: string;
  /** Table in the database, or file in the folder, when it has another name there. A folder, or a pattern such as `orders/*.csv`, is one table. */
  readonly from?: string;
  /** Megabytes of a table's heap that are read into one part. */
  readonly chunkMb?: number;
  /** Bad rows are kept apart and reported, or fail the table at the first one. Default: quarantine. */
  readonly badRows?: 'quarantine' | 'fail';
  /** Share of rows that may be in quarantine in a table that still counts as verified. Default 0.001. */
  readonly badRowShare?: number;
  /** How a CSV file is written, where the guess is wrong. */
  readonly csv?: CsvOptions | undefined;
  /** Types of a file's columns, where the guess is wrong: `{ zip: 'VARCHAR' }`. A value that is none of its type is a bad row. */
  readonly types?: ColumnTypes | undefined;
  /** Keys of the folders above a file, such as `year=2024/`, become columns. */
  readonly partitions?: boolean | undefined;
}

export type ColumnTypes = Readonly<Record<string, string>>;

/** What a person says of a CSV file. All else is guessed, and told. */
export interface CsvOptions {
  /** One character between values, such as `;` or a tab. */
  readonly delimiter?: string | undefined;
  /** One character around values; empty when there is none. */
  readonly quote?: string | undefined;
  /** Whether the first line is the names of the columns. */
  readonly header?: boolean | undefined;
  /** Lines before the header, or before the first row. */
  readonly skip?: number | undefined;
  /** Lines that begin with this character are left out. */
  readonly comment?: string | undefined;
  /** Such as `windows-1252` or `utf-16le`. */
  readonly encoding?: string | undefined;
  /** Bare values that are NULL, as an empty one is: `['NA', '\\N']`. With `''` an empty value in quotes is NULL too. */
  readonly nullWords?: readonly string[] | undefined;
  /** Sign before decimals. */
  readonly decimal?: '.' | ',' | undefined;
}

/** How all files of a job are written, where the guess is wrong. */
export interface ReadOptions {
  readonly csv?: CsvOptions | undefined;
  readonly types?: ColumnTypes | undefined;
  readonly partitions?: boolean | undefined;
}

/** How the file of a table is written. */
export type FileFormat = 'csv' | 'ndjson' | 'parquet';

/** One column, from how it is read to what it becomes. Each engine makes its SQL of `type` and `neutral_type`, by its own half of the types table. */
export interface ColumnPlan {
  readonly source_name: string;
  /** In the warehouse: the same, unless two names differ by case only. */
  readonly name: string;
  /** As the source calls it: `numeric(10,2)`. */
  readonly source_type: string;
  /** Key of the rule in the types table that carries it. */
  readonly type: string;
  /** Arguments of that rule, such as precision and scale. */
  readonly type_args: JsonObject;
  /** What its values are, whatever keeps them: `BIGINT`, `DECIMAL(10,2)`, `VARCHAR[]`. Parts hold it, and each destination makes a type of its own of it. */
  readonly neutral_type: string;
}

/** Which file was planned, and how its records are told apart. */
export interface FilePlan {
  readonly bytes: number;
  readonly modified_ms: number;
  /** Of its content; of blocks of it, where it is large. */
  readonly hash: string;
  /** For JSON only: its values are in one array, or one after the other on any number of lines, and not one on each line. */
  readonly json_values?: boolean;
  /** Of its text, where that is not UTF-8. */
  readonly encoding?: string;
  readonly csv?: CsvLayout;
}

/** How a CSV file is written. It is decided when the table is planned, and whoever reads the file goes by it. */
export interface CsvLayout {
  readonly delimiter: string;
  /** Null: values never stand in quotes. */
  readonly quote: string | null;
  readonly newline: '\n' | '\r';
  /** Lines before the header, or before the first row. */
  readonly skip: number;
  readonly header: boolean;
  /** Lines that begin with it are not rows. */
  readonly comment: string | null;
  /** Stands at the end of lines, and is not a part of their values: `;;`. */
  readonly tail: string;
  readonly null_words: readonly string[];
  readonly decimal: '.' | ',';
}

/** What a relation was like when it was planned: another mark, another plan. */
export interface RelationMark {
  readonly oid: number;
  readonly kind: string;
  /** Number, name, type, and what else is declared. */
  readonly columns: readonly (readonly [number: number, name: string, type: string, traits: string])[];
  readonly is_parent: boolean;
  /** md5 of the partition tree, or of what a view says. */
  readonly body?: string;
  /** Partitions, at every level. */
  readonly parts?: number;
}

/** One of several files that are one table. */
export interface MemberPlan {
  /** Its path below the source's folder. */
  readonly name: string;
  readonly file: FilePlan;
  /** In the order of the file, where they are not those of the table. */
  readonly columns?: readonly ColumnPlan[];
  /** Values of the columns that are keys of its folders, by their names in the table. */
  readonly keys?: Readonly<Record<string, string | null>>;
}

/** All that must stay the same when a load is tried again. */
export interface TablePlan {
  /** As the report names it: `public.orders`. */
  readonly table: string;
  readonly source: string;
  /** What reads it: its database, or the format of its file. */
  readonly kind: DatabaseKind | FileFormat;
  /** Schema and table, or the file's path below the source's folder. */
  readonly from: { readonly schema: string | null; readonly name: string };
  readonly target: { readonly schema: string; readonly name: string };
  readonly columns: readonly ColumnPlan[];
  /** Null where nobody knows before it is read. */
  readonly estimated_rows: number | null;
  readonly estimated_bytes: number | null;
  /** Instant of the plan, by this machine's clock: an older plan never replaces a newer load. */
  readonly planned_at: string;
  readonly chunk_mb: number;
  readonly bad_rows: 'quarantine' | 'fail';
  readonly bad_row_share: number;
  /** Share of rows to take, for trying out; 1 takes all. */
  readonly sample: number;
  /** What a person should know: renamed columns, types kept as text. */
  readonly notes: readonly string[];
  /** For files only: another file under the same name is not what was planned. */
  readonly file?: FilePlan;
  /** For tables of a database only: the reading transaction compares it, and plans again when it differs. */
  readonly mark?: RelationMark;
  /** The files, where a folder or a pattern is one table. */
  readonly members?: readonly MemberPlan[];
  /** For one file of several: values of columns that are not in it, but in the names of its folders. */
  readonly keys?: MemberPlan['keys'];
}

/** A table that cannot be planned, with its reason in a sentence. It does not stop the others. */
export interface Unreadable {
  readonly table: string;
  readonly reason: string;
  /** Not a table but an entry of a folder, by its path; `other`: nothing that anybody takes for a table, such as a README. */
  readonly entry?: 'data' | 'other' | undefined;
}

/** Sums of a column that both engines compute exactly: equal sums, equal content, as far as sums can tell. Numbers as text. */
export interface ColumnSums {
  readonly [sum: string]: string | null;
}

export interface TableSums {
  readonly rows: number;
  readonly columns: { readonly [column: string]: ColumnSums };
  /** Sum of the md5 of every row, with `verify: 'full'`. */
  readonly checksum: string | null;
}

export interface Part {
  /** Path of the Parquet file. */
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
}

/** One state of a database that several tables were read in. */
export interface SharedSnapshot {
  /** As the server calls it. */
  readonly id: string;
  /** Instant, by the server's clock. */
  readonly taken_at: string;
}

/** How rows of PostgreSQL come: as text, by COPY, or through DuckDB's own reader. */
export type Lane = 'copy' | 'scan';

/** A table that has been read into parts on this machine. rows_read = rows of the parts + rows_quarantined. */
export interface Extract {
  readonly load_id: string;
  readonly plan: TablePlan;
  readonly parts: readonly Part[];
  readonly rows_read: number;
  readonly rows_quarantined: number;
  /** Parquet file of the quarantined rows; null when there are none. */
  readonly quarantine_file: string | null;
  /** What other tables of the job were read in too; of a table that was read alone there is none. */
  readonly snapshot?: SharedSnapshot;
  /** Of tables of PostgreSQL only. */
  readonly lane?: Lane;
  /** Of the source, of the rows that are in the parts. */
  readonly sums: TableSums;
  readonly seconds: number;
}

export type VerifyLevel = 'sums' | 'full';

/** A table that is in the warehouse. */
export interface Load {
  readonly load_id: string;
  readonly table: string;
  readonly target: { readonly schema: string; readonly name: string };
  readonly rows_read: number;
  readonly rows_loaded: number;
  readonly rows_quarantined: number;
  /** The warehouse holds what the source held, by counts and sums or by every row's md5, and quarantine is below its share. */
  readonly verified: boolean;
  readonly verify: VerifyLevel;
  /** `already`: an earlier try of this load had committed. `superseded`: a load that was planned later stands in the warehouse. */
  readonly outcome: 'committed' | 'already' | 'superseded';
  readonly seconds: number;
  readonly notes: readonly string[];
  readonly snapshot?: SharedSnapshot;
  readonly lane?: Lane;
  /** Name of the machine that read and committed it. */
  readonly host?: string;
  /** The load whose quarantined rows were mended and loaded by this one. */
  readonly replay_of?: string;
}

/** Text that a person has put in the place of a row in quarantine. */
export interface MendedRow {
  /** Of the row in quarantine. */
  readonly id: string;
  readonly raw: string;
  /** Why the row is there: of a table of several files it names the one. */
  readonly reason: string | null;
}

/** A mended row that cannot be kept either: it stays in quarantine, with the text and the reason. */
export interface RefusedRow {
  readonly id: string;
  readonly raw: string;
  readonly column: string | null;
  readonly reason: string;
}

/** What a step needs to know of the run it works for. */
export interface StepContext {
  readonly signal: AbortSignal;
  readonly log: { info(message: string, fields?: object): void; warn(message: string, fields?: object): void };
  readonly progress: (progress: { done: number; total?: number | null; label?: string }) => void;
}
