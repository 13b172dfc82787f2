import { pickTables } from '../../names/pick-tables.ts';
import { formatName } from '../../names/qualified-name.ts';
import type { Source } from '../source.ts';
import { sqliteError } from './errors.ts';
import { extractSqliteTable } from './extract-table.ts';
import { openSqlite, type SqliteFile } from './open.ts';
import { planSqliteTable, SCHEMA } from './plan-table.ts';
import { readRelations } from './relations.ts';
import { sqlitePath } from './sqlite-url.ts';

/** A file of SQLite. */
export const sqliteSource = (url: string): Source => ({
  list: async ({ only }) =>
    look(url, (file) => {
      const all = readRelations(file).map(({ name }) => ({ schema: SCHEMA, name }));
      return { tables: (only === undefined ? all : pickTables(all, only)).map(formatName), unreadable: [] };
    }),
  plan: async (spec, { sample }) => {
    if (spec.csv || spec.types || spec.partitions)
      return { table: spec.name, reason: 'It is a table of SQLite: csv, types and partitions are for files only.' };
    return look(url, (file) => planSqliteTable(file, spec, sample));
  },
  extract: (extraction) => extractSqliteTable(sqlitePath(url), extraction),
});

function look<T>(url: string, work: (file: SqliteFile) => T): T {
  const path = sqlitePath(url);
  using file = openSqlite(path);
  try {
    return work(file);
  } catch (error) {
    throw sqliteError(error, path);
  }
}
