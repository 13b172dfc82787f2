import { join } from 'node:path';
import { withEnoughMemory } from '../../destinations/duckdb/memory.ts';
import type { Part, StepContext, TablePlan, TableSums, VerifyLevel } from '../../model.ts';
import type { Engine } from '../../stage/engine.ts';
import { writePart } from '../../stage/part.ts';

/** What a reader of one kind of file works with. */
export interface FileExtraction {
  readonly plan: TablePlan;
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
  readonly sums: TableSums;
  /** What was learnt on the way that a person should know. */
  readonly notes: readonly string[];
}

const PROGRESS_MS = 250;

/** Tells of progress a few times a second, however often it is asked to. */
export function progressOf({ plan, context }: FileExtraction): (rows: number) => void {
  let last = 0;
  return (rows) => {
    const now = performance.now();
    if (now - last < PROGRESS_MS) return;
    last = now;
    context.progress({ done: rows, total: plan.estimated_rows, label: 'rows' });
  };
}

/** Runs a query with as much memory as its rows need, which is mostly the usual. */
export function withMemory<T>({ engine: { connection }, context }: FileExtraction, work: () => Promise<T>): Promise<T> {
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

export const partName = (number: number): string => `part-${String(number).padStart(5, '0')}`;
