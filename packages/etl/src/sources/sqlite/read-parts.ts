import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { loadExtension } from '../../duckdb/extensions.ts';
import { fileToWrite } from '../../duckdb/file-literal.ts';
import { withEnoughMemory } from '../../duckdb/memory.ts';
import type { Part, StepContext } from '../../model.ts';
import type { Engine } from '../../stage/engine.ts';
import { writePart } from '../../stage/part.ts';
import { identifier, literal } from '../../types/sql.ts';
import type { Chunk, Measured } from './measure.ts';
import { someRows } from './rows.ts';
import { sqliteRule } from './types/rules.ts';

const ATTACHED = 'sqlite_source';

export interface PartsRequest {
  readonly path: string;
  readonly measured: Measured;
  readonly rowid: string | null;
  readonly engine: Engine;
  readonly folder: string;
  readonly context: StepContext;
}

/** DuckDB with a file of SQLite beside it. */
export async function attach({ connection }: Engine, path: string): Promise<void> {
  await loadExtension({ run: async (sql) => await connection.run(sql) }, 'sqlite');
  await connection.run(`attach ${fileToWrite(path)} as ${ATTACHED} (type sqlite, read_only)`);
}

export const detach = ({ connection }: Engine): Promise<unknown> => connection.run(`detach ${ATTACHED}`);

/** The rows of a query of SQLite's own SQL; all values are texts. */
export const sqliteRows = (sql: string): string => `sqlite_query('${ATTACHED}', ${literal(sql)})`;

/** Reads a measured table into parts, by DuckDB's own reader. A part has as many rows as were measured, or the table has changed. */
export async function readParts(request: PartsRequest): Promise<{ parts: Part[]; isAsMeasured: boolean }> {
  const { measured, engine, folder, context } = request;
  const parts: Part[] = [];
  let rows = 0;
  for (const [index, chunk] of measured.chunks.entries()) {
    context.signal.throwIfAborted();
    const query = rowsOf(chunk, request);
    const file = join(folder, `part-${String(index + 1).padStart(5, '0')}.parquet`);
    const run = async (sql: string) => void (await engine.connection.run(sql));
    const part = await withEnoughMemory({ run }, () => writePart(engine, query, file));
    if (part.rows !== chunk.rows) return { parts, isAsMeasured: false };
    if (part.rows > 0) parts.push(part);
    else await unlink(file);
    rows += part.rows;
    context.progress({ done: rows, total: measured.sums.rows, label: 'rows' });
  }
  return { parts, isAsMeasured: true };
}

function rowsOf({ first, last }: Chunk, { measured: { plan, sent, hasUnfit }, rowid }: PartsRequest): string {
  const columns = plan.columns.map((column, index) => {
    const [rule, source] = [sqliteRule(column.type), identifier(column.source_name)];
    const texts = rule.send(source, sent[index] ?? {}).map((sql, place) => ({ sql, name: `c${index}_${place}` }));
    const names = texts.map(({ name }) => name);
    return {
      sent: texts.map(({ sql, name }) => `${sql} as ${name}`),
      misfit: rule.misfit(source),
      read: `${rule.read(names, column.type_args)} as ${identifier(column.name)}`,
      fits: rule.fits && `(${names[0]} is null or ${rule.fits(names, column.type_args)})`,
    };
  });
  const conditions = [
    ...(rowid === null ? [] : [`${rowid} between ${first} and ${last}`, someRows(rowid, plan)]),
    ...(hasUnfit ? columns.map(({ misfit }) => `not ${misfit}`) : []),
  ];
  const where = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '';
  const sql = `select ${columns.flatMap((each) => each.sent).join(', ')} from ${identifier(plan.from.name)}${where}`;
  const fits = hasUnfit ? columns.flatMap((each) => each.fits ?? []) : [];
  return `select ${columns.map(({ read }) => read).join(', ')} from ${sqliteRows(sql)}${fits.length > 0 ? ` where ${fits.join(' and ')}` : ''}`;
}
