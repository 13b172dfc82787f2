import DataLoader from 'dataloader';
import type { Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import type { RecordView } from './records.ts';

/** So many at once: each may hold a megabyte of parameters. */
const MOST = 50;

/** Reads the one record with this key as JSON text; undefined when there is none. */
export type ReadTogether = (key: string) => Promise<string | undefined>;

/** Whatever is asked for in one turn of the event loop is read by one statement: a server that is busy is asked for many records at once. */
function together(read: (keys: string) => Promise<{ key: string; json: string }[]>): ReadTogether {
  const loader = new DataLoader<string, string | undefined>(
    async (keys) => {
      const found = new Map((await read(pgArray(keys))).map(({ key, json }) => [key, json]));
      return keys.map((key) => found.get(key));
    },
    { cache: false, maxBatchSize: MOST, batchScheduleFn: (look) => void setImmediate(look) },
  );
  return (key) => loader.load(key);
}

export function readTogether(sql: Sql, view: RecordView): ReadTogether {
  const read = together((ids) => sql`select v.id::text as key, row_to_json(v)::text as json from ${sql(view)} v where v.id = any(${ids}::uuid[])`);
  return (id) => read(id.toLowerCase());
}

export const readNamedTogether = (sql: Sql, view: RecordView): ReadTogether =>
  together((names) => sql`select v.name as key, row_to_json(v)::text as json from ${sql(view)} v where v.name = any(${names}::text[])`);
