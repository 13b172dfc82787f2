import { type DuckDBConnection, StatementType } from '@duckdb/node-api';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import type { Json } from '@sluice/core/lib/json';
import { literal } from '../types/sql.ts';

/** What reads and changes nothing. `show`, `describe`, `summarize` and `pragma table_info(…)` come as selects too. */
const READING: ReadonlySet<StatementType> = new Set([StatementType.SELECT, StatementType.EXPLAIN]);

type Row = Record<string, Json>;

/** What a person may do who wants more than to read a warehouse. */
export interface AskHints {
  readonly change: string;
  readonly join: string;
}

/** From here on this connection opens no file but those below `folders`, and cannot take that back. */
export async function lockDown(connection: DuckDBConnection, folders: readonly string[] = []): Promise<void> {
  if (folders.length > 0) await connection.run(`set allowed_directories = [${folders.map(literal).join(', ')}]`);
  await connection.run('set enable_external_access = false');
  await connection.run('set lock_configuration = true');
}

/**
 * The answer to a person's SQL: one statement that reads. A file that was attached may be attached again for writing, whatever else
 * is shut, so that other statements are refused by their kind.
 */
export async function ask(connection: DuckDBConnection, sql: string, hints: AskHints): Promise<Row[]> {
  try {
    const reader = await connection.runAndReadAll(await expectReading(connection, sql, hints));
    return reader.getRowObjectsJson() as Row[];
  } catch (error) {
    throw toSlip(error, hints);
  }
}

/** Table functions that set or change something: DuckDB lets a select call them. The last ones are of lakes and of their catalogs. */
const SETTING = new RegExp(
  `\\b(?:${[
    '(?:enable|disable)_\\w+',
    '(?:force_)?checkpoint',
    'truncate_duckdb_logs',
    '(?:ducklake_)?(?:add_data_files|cleanup_old_files|delete_orphaned_files|expire_snapshots|flush_inlined_data|merge_adjacent_files|rewrite_data_files)',
    '(?:ducklake_)?set_(?:option|commit_message)',
    'ducklake_commit',
    'postgres_\\w+',
  ].join('|')})"?\\s*\\(`,
  'i',
);

async function expectReading(connection: DuckDBConnection, sql: string, { change }: AskHints): Promise<string> {
  if (withoutComments(sql).trim() === '') throw new SluiceError('USAGE', 'The query is empty.', { hint: 'For example: from duckdb_tables()' });
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) {
    const hint = /\bpivot\b/i.test(sql)
      ? "A pivot must name its values: pivot t on kind in ('a', 'b') using count(*)."
      : 'Ask them one after the other.';
    throw new SluiceError('USAGE', 'A query is one statement, and these are several.', { hint });
  }
  const { statementType } = await statements.prepare(0);
  const [setting] = SETTING.exec(withoutComments(sql)) ?? [];
  if (READING.has(statementType) && !setting) return sql;
  const what = setting ? `calls ${setting.replace(/"?\s*\($/, '')}` : `is ${StatementType[statementType].toLowerCase().replaceAll('_', ' ')}`;
  throw new SluiceError('USAGE', `A query only reads the warehouse; this ${what}.`, {
    hint: `Write a select. ${change}`,
  });
}

const withoutComments = (sql: string) => sql.replace(/--[^\n]*|\/\*.*?\*\//gs, '').replaceAll(';', '');

/** Errors that are not in the words of the query: DuckDB's own faults, and those of disk and file. */
const NO_SLIP = /^(INTERNAL|FATAL|IO|INTERRUPT|Serialization|Connection) Error/i;

function toSlip(error: unknown, { join }: AskHints): unknown {
  const message = messageOf(error).replace(/^Failed to extract statements: /, '');
  if (error instanceof SluiceError || NO_SLIP.test(message)) return error;
  if (message.startsWith('Permission Error')) {
    return new SluiceError('USAGE', 'A query reads the warehouse and no other file.', {
      hint: join,
      cause: error,
    });
  }
  if (message.startsWith('Out of Memory Error')) {
    return new SluiceError('USAGE', 'The query needs more memory than it is allowed.', {
      hint: 'Ask for fewer rows or columns, or open the warehouse with DuckDB.',
      cause: error,
    });
  }
  return new SluiceError('USAGE', `DuckDB refuses the query: ${message}`, {
    hint: 'sluice query "show all tables" lists the tables, "describe public.orders" their columns.',
    cause: error,
  });
}
