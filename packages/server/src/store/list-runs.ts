import { sortKey } from '@sluice/core/api/keyset';
import { plannedForItsValues, type Sql } from '../db/database.ts';
import { compileFilters } from './filters.ts';
import type { Filters } from './flow-run-counts.ts';
import { orderBy } from './keyset.ts';
import { type JsonText, listRecords, readPage } from './records.ts';
import { soughtInSpan } from './span.ts';

interface List {
  readonly filters: Filters;
  /** From a table of ours, never from a request. */
  readonly order: string;
  readonly limit: number;
  readonly offset: number;
}

/** A page of runs, as the text of a JSON array. Where a span of time is asked for, runs are read when it is known which the page has. */
export async function listRuns(sql: Sql, noun: 'flow_run' | 'task_run', { filters, order, limit, offset }: List): Promise<JsonText> {
  const view = `${noun}_view` as const;
  const where = compileFilters(sql, noun, filters);
  const key = sortKey(order);
  const sought = await soughtInSpan(sql, { noun, key, where, own: filters[`${noun}s`] as object | null | undefined });
  if (!sought) return listRecords(sql, view, { where, order, limit, offset });
  const page = sql`select id, sort_key from (${sought.rows}) v ${orderBy(sql, key, 'v.sort_key')} limit ${limit} offset ${offset}`;
  const rows = sql`select v.* from (${page}) p join ${sql(view)} v on v.id = p.id ${orderBy(sql, key, 'p.sort_key')}`;
  return readPage(sql, view, rows, sql`row_to_json(v)::text`, plannedForItsValues);
}
