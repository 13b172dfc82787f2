import { pickTables } from '../../names/pick-tables.ts';
import { formatName } from '../../names/qualified-name.ts';
import type { Source } from '../source.ts';
import { mysqlAddress } from './address.ts';
import { extractMysqlTable } from './extract-table.ts';
import { planMysqlTable } from './plan-table.ts';
import { readRelations } from './relations.ts';
import { withSession } from './session.ts';

/** A server of MySQL or MariaDB, or one database of it. */
export const mysqlSource = (url: string): Source => ({
  list: async ({ only, signal }) => {
    const all = await withSession(mysqlAddress(url), signal, readRelations);
    return { tables: (only === undefined ? all : pickTables(all, only)).map(formatName), unreadable: [] };
  },
  plan: async (spec, { sample, signal }) => {
    if (spec.csv || spec.types || spec.partitions)
      return { table: spec.name, reason: 'It is a table of MySQL: csv, types and partitions are for files only.' };
    return await withSession(mysqlAddress(url), signal, (session) => planMysqlTable(session, spec, sample));
  },
  extract: (extraction) => extractMysqlTable(mysqlAddress(url), extraction),
});
