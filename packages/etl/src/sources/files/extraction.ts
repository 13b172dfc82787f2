import { join } from 'node:path';
import { withEnoughMemory } from '../../duckdb/memory.ts';
import { duckdbType } from '../../duckdb/own-type.ts';
import type { Part, StepContext, TablePlan, VerifyLevel } from '../../model.ts';
import type { Engine } from '../../stage/engine.ts';
import { writePart } from '../../stage/part.ts';
import { identifier, literal } from '../../types/sql.ts';

/** What a reader of one kind of file works with. */
export interface FileExtraction {
  /** Of this file alone. */
  readonly plan: TablePlan;
  /** Of the table, which may be several files. */
  readonly whole: TablePlan;
  /** Number of this file among those of the table, from 0, and the parts that those before it have. */
  readonly member: number;
  readonly parts_before: number;
  readonly load_id: string;
  /** Path of the source file. */
  readonly file: string;
  /** Folders of this load alone. */
  readonly folders: { readonly parts: string; readonly spool: string };
  readonly verify: VerifyLevel;
  readonly engine: Engine;
  readonly context: StepContext;
}

/** What has been read of a file. */
export interface ReadFile {
  readonly parts: readonly Part[];
  readonly rows_read: number;
  readonly rows_quarantined: number;
  readonly quarantine_file: string | null;
  /** The query that gives the rows of the parts once more, by another way. */
  readonly again: string;
  /** What was learnt on the way that a person should know. */
  readonly notes: readonly string[];
}

/** Runs a query with as much memory as its rows need, which is mostly the usual. */
export function withMemory<T>({ engine: { connection }, context }: Pick<FileExtraction, 'engine' | 'context'>, work: () => Promise<T>): Promise<T> {
  // An interrupt between two statements stops neither of them.
  context.signal.throwIfAborted();
  const run = async (sql: string) => void (await connection.run(sql));
  return withEnoughMemory({ run }, work);
}

/** Writes the rows of a query into the parts folder of the load. */
export function writeRows(extraction: FileExtraction, query: string, name: string): Promise<Part> {
  const file = join(extraction.folders.parts, `${name}.parquet`);
  return withMemory(extraction, () => writePart(extraction.engine, query, file));
}

/** Writes rows of a file as a part of its table. */
export const writeTablePart = (extraction: FileExtraction, query: string, number: number): Promise<Part> =>
  writeRows(extraction, asTable(extraction, query), `part-${String(extraction.parts_before + number).padStart(5, '0')}`);

/** Rows of a file with the columns of its table: those that the file does not have are keys of its folders, or NULL. */
export function asTable({ plan, whole }: Pick<FileExtraction, 'plan' | 'whole'>, query: string): string {
  if (!whole.members) return query;
  const own = new Set(plan.columns.map(({ name }) => name));
  const value = (name: string) => (own.has(name) ? identifier(name) : keyOf(plan.keys?.[name]));
  const columns = whole.columns.map((column) => `${value(column.name)}::${duckdbType(column)} as ${identifier(column.name)}`);
  return `select ${columns.join(', ')} from (${query})`;
}

const keyOf = (value: string | null | undefined): string => (value == null ? 'null' : literal(value));
