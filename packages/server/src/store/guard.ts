import type { Sql } from '../db/database.ts';
import { hasKey, type Key } from './key.ts';

/** Records that people edit. */
export type EditedTable = 'work_pool' | 'work_queue' | 'deployment' | 'deployment_schedule' | 'concurrency_limit' | 'automation';

/** Keeps a record as it is while the caller's transaction runs, and tells whether it was changed last at this time; undefined when there is none. */
export async function lockAsOf(sql: Sql, table: EditedTable, key: Key, updated: string): Promise<boolean | undefined> {
  const [row] = await sql<{ same: boolean }[]>`
    select updated = ${updated}::timestamptz as same from ${sql(table)} where ${hasKey(sql, key)} for no key update`;
  return row?.same;
}
