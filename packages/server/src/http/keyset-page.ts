import { sortKey } from '@sluice/core/api/keyset';
import type { Sql } from '../db/database.ts';
import { findPage, type KeysetQuery, type ListView } from '../store/keyset.ts';
import { readRecords, within } from '../store/records.ts';
import { fromCursorText, toCursorText } from './cursor.ts';
import { Reply } from './handlers.ts';

interface Asked extends Pick<KeysetQuery, 'where' | 'own' | 'limit'> {
  readonly order: string;
  readonly after?: string | null | undefined;
}

/** A page of a list that goes on after the last record of the page before. */
export async function keysetPage(sql: Sql, view: ListView, { order, after, ...query }: Asked): Promise<Reply> {
  const key = sortKey(order);
  const { ids, next, reached } = await findPage(sql, { ...query, view, key, after: after ? fromCursorText(order, key, after) : undefined });
  const end = { next: next && toCursorText(order, next), reached };
  return new Reply(within('{"records":', ids.length > 0 ? await readRecords(sql, view, ids) : '[]', `,${JSON.stringify(end).slice(1)}`));
}
