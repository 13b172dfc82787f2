import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { withEnoughMemory } from '../../duckdb/memory.ts';
import { readCsv } from '../../duckdb/readers.ts';
import type { Part, StepContext, TablePlan } from '../../model.ts';
import { type Engine, roomFor } from '../../stage/engine.ts';
import { writePart } from '../../stage/part.ts';
import { tellRows } from '../../stage/progress.ts';
import { SpoolFile } from '../../stage/spool-file.ts';
import { identifier } from '../../types/sql.ts';
import type { MysqlSession } from './session.ts';
import { mysqlRule } from './types/rules.ts';

/** Rows of a query, as they come. Who does not take them holds the server back. */
export async function* rowsOf({ connection, gone }: MysqlSession, sql: string): AsyncGenerator<(Buffer | null)[]> {
  const typeCast = (field: { buffer(): Buffer | null }) => field.buffer();
  const stream = connection.query({ sql, rowsAsArray: true, typeCast }).stream({ highWaterMark: 500 }) as Readable;
  gone.catch((error: Error) => stream.destroy(error));
  for await (const row of stream) yield row as (Buffer | null)[];
}

export interface LinesRequest {
  readonly session: MysqlSession;
  readonly sql: string;
  readonly plan: TablePlan;
  readonly engine: Engine;
  readonly folders: { readonly parts: string; readonly spool: string };
  readonly context: StepContext;
}

/** DuckDB takes one byte order mark off a file, and the first value may begin with one. */
const START = '\ufeff';

const LF = 10;
const FLUSH_ROWS = 2000;

interface Slice {
  readonly number: number;
  readonly spool: SpoolFile;
  rows: number;
  longest: number;
}

/** Reads lines of rows into parts: while DuckDB turns a slice of them into one, the next slice comes. */
export async function readLines(request: LinesRequest): Promise<{ parts: Part[]; rows: number }> {
  const { session, sql, plan, context } = request;
  const parts: Part[] = [];
  const tell = tellRows(context, plan.estimated_rows);
  let [slice, rows, conversion] = [await newSlice(request, 1), 0, Promise.resolve()];
  const settle = async () => {
    await slice.spool.close();
    await conversion;
    conversion = convert(request, slice, parts);
    conversion.catch(() => {});
  };
  try {
    for await (const [line] of rowsOf(session, sql)) {
      if (!line) throw new Error('the server gave a row that is larger than its max_allowed_packet');
      slice.spool.copy(line, 0, line.length);
      slice.spool.byte(LF);
      slice.rows++;
      slice.longest = Math.max(slice.longest, line.length);
      if (++rows % FLUSH_ROWS > 0 && line.length < 1 << 20) continue;
      await slice.spool.flush();
      context.signal.throwIfAborted();
      tell(rows);
      if (slice.spool.bytes < plan.chunk_mb * 2 ** 20) continue;
      await settle();
      slice = await newSlice(request, slice.number + 1);
    }
    await settle();
    await conversion;
    return { parts, rows };
  } finally {
    await Promise.allSettled([conversion, slice.spool.close()]);
  }
}

async function newSlice({ folders }: LinesRequest, number: number): Promise<Slice> {
  const spool = await SpoolFile.create(join(folders.spool, `slice-${number}.txt`));
  spool.text(START);
  return { number, spool, rows: 0, longest: 0 };
}

async function convert({ plan, engine, folders }: LinesRequest, { number, spool, rows, longest }: Slice, parts: Part[]): Promise<void> {
  if (rows > 0) {
    const room = await roomFor(engine, { rows, longest }, plan.columns.length);
    const file = join(folders.parts, `part-${String(number).padStart(5, '0')}.parquet`);
    const run = async (sql: string) => void (await engine.connection.run(sql));
    const part = await withEnoughMemory({ run }, () => writePart(engine, typedRows(plan, spool.path, room), file));
    if (part.rows !== rows) throw new Error(`of ${rows} rows ${part.rows} are in a part`);
    parts.push(part);
  }
  await unlink(spool.path);
}

function typedRows({ columns }: TablePlan, path: string, room: string): string {
  const named = columns.map((_, index) => [`c${index}`, 'VARCHAR'] as const);
  const all = named.length === 1 ? [['filler', 'VARCHAR'] as const, ...named] : named;
  const list = columns.map((column, index) => `${mysqlRule(column).read(`c${index}`, column.neutral_type)} as ${identifier(column.name)}`);
  const options = { delim: `'\t'`, quote: `''`, escape: `''`, nullstr: `'\\N'` };
  return `select ${list.join(', ')} from ${readCsv(path, { columns: all, options, room })}`;
}
