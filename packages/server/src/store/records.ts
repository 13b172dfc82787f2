import type { Noun } from '@sluice/core/api/filter-table';
import { type Fragment, plannedForItsValues, type Sql } from '../db/database.ts';
import { pgArray } from '../db/pg-array.ts';
import { hasKey, type Key } from './key.ts';

/** Records of a noun as the JSON text that goes over the wire: PostgreSQL builds it, and it is sent as it is. */
export type RecordView =
  | `${Exclude<Noun, 'log' | 'block_document'>}_view`
  | 'log_view'
  | 'variable_text_view'
  | 'saved_search_view'
  | 'deployment_schedule_view'
  | 'concurrency_limit_view'
  | 'tag_limit_view'
  | 'flow_run_state_view'
  | 'task_run_state_view';

/** JSON text in one piece, or in slices that are read as they are sent. */
export type JsonText = string | AsyncIterable<string>;

/** The whole of it, for whoever reads it here instead of sending it on. */
export const textOf = async (json: JsonText): Promise<string> => (typeof json === 'string' ? json : (await Array.fromAsync(json)).join(''));

/** So much of a list is held at once; a larger one is sent in slices of this size. Decision 0011. */
const SLICE_BYTES = 1024 * 1024;
const SLICE_ROWS = 200;

/** The one record with this key, as JSON text; undefined when there is none. */
export async function readRecord(sql: Sql, view: RecordView, key: Key): Promise<string | undefined> {
  const [row] = await sql<{ json: string }[]>`select row_to_json(v)::text as json from ${sql(view)} v where ${hasKey(sql, key)}`;
  return row?.json;
}

interface Page {
  /** A filter that `filters.ts` has made; all when it is left out. */
  readonly where?: Fragment;
  /** Only those with this key: the queues of a pool. */
  readonly of?: Key;
  /** From a table of ours, never from a request. */
  readonly order: string;
  readonly limit: number;
  readonly offset: number;
}

/** A page of records, as the text of a JSON array. */
export function listRecords(sql: Sql, view: RecordView, { where = sql`true`, of = {}, order, limit, offset }: Page): Promise<JsonText> {
  const rows = sql`
    select * from ${sql(view)} v where ${where} and ${hasKey(sql, of)} order by ${sql.unsafe(order)}, id ${order.endsWith(' desc') ? sql`desc` : sql`asc`} limit ${limit} offset ${offset}`;
  return readPage(sql, view, rows, sql`row_to_json(v)::text`, plannedForItsValues);
}

/** The ids of the first records of a list. */
export async function listIds(
  sql: Sql,
  view: RecordView,
  { where = sql`true`, order, limit }: Pick<Page, 'where' | 'order' | 'limit'>,
): Promise<string[]> {
  const list = sql<{ id: string }[]>`select id from ${sql(view)} v where ${where} order by ${sql.unsafe(order)}, id limit ${limit}`;
  const rows = await plannedForItsValues(list);
  return rows.map(({ id }) => id);
}

/** The records with these ids, in this order, as the text of a JSON array; those that are not there are left out. */
export async function readRecords(sql: Sql, view: RecordView, ids: readonly string[]): Promise<JsonText> {
  const page = (some: readonly string[]) => readPage(sql, view, rowsOf(sql, view, some), sql`row_to_json(v)::text`);
  return ids.length <= SLICE_ROWS ? page(ids) : inOneArray(ids, SLICE_ROWS, page);
}

/** All records with this key, oldest first, however many they are. */
export async function listAllRecords(sql: Sql, view: 'flow_run_state_view' | 'task_run_state_view', key: Key): Promise<JsonText> {
  const rows = await sql<{ id: string }[]>`select id from ${sql(view)} v where ${hasKey(sql, key)} order by timestamp, id`;
  const ids = rows.map(({ id }) => id);
  return readRecords(sql, view, ids);
}

/**
 * The rows that `rows` selects from a view, each as `json` makes it of `v`. A page that is larger than a slice is not read at all
 * at first: only its ids come, with what each has in bytes.
 */
export async function readPage(
  sql: Sql,
  view: RecordView,
  rows: Fragment,
  json: Fragment,
  planned = <Q extends object>(statement: Q): Q => statement,
): Promise<JsonText> {
  const [page] = await planned(sql<[{ json: string; index: null } | { json: null; index: [id: string, bytes: number][] }]>`
    with page as materialized (select v.id, ${json} as json from (${rows}) v),
      total as (select coalesce(sum(octet_length(json)), 0) <= ${SLICE_BYTES} as is_small from page)
    select
      case when is_small then (select '[' || coalesce(string_agg(json, ','), '') || ']' from page) end as json,
      case when not is_small then (select json_agg(json_build_array(id, octet_length(json))) from page) end as index
    from total`);
  if (page.json !== null) return page.json;
  const read = async (ids: readonly string[]) => {
    const [slice] = await sql<[{ json: string }]>`
      select '[' || coalesce(string_agg(${json}, ',' order by array_position(${pgArray(ids)}::uuid[], v.id)), '') || ']' as json
      from ${sql(view)} v where v.id = any(${pgArray(ids)}::uuid[])`;
    return slice.json;
  };
  return slicesOf(page.index, read);
}

const rowsOf = (sql: Sql, view: RecordView, ids: readonly string[]) =>
  sql`select * from ${sql(view)} v where v.id = any(${pgArray(ids)}::uuid[]) order by array_position(${pgArray(ids)}::uuid[], v.id)`;

/** As many records at a time as have the size of a slice together, one at least. */
async function* slicesOf(index: readonly [id: string, bytes: number][], read: (ids: readonly string[]) => Promise<string>): AsyncGenerator<string> {
  const groups: string[][] = [];
  let room = 0;
  for (const [id, bytes] of index) {
    if (bytes > room) {
      groups.push([]);
      room = SLICE_BYTES;
    }
    groups.at(-1)?.push(id);
    room -= bytes;
  }
  yield* inOneArray(groups, 1, ([ids = []]) => read(ids));
}

/** The arrays that `read` returns for so many of `items` at a time, as one array. */
export async function* inOneArray<T>(items: readonly T[], size: number, read: (some: readonly T[]) => Promise<JsonText>): AsyncGenerator<string> {
  yield '[';
  let isFirst = true;
  for (let start = 0; start < items.length; start += size) {
    const array = await read(items.slice(start, start + size));
    for await (const text of elementsOf(array)) {
      if (text === '') continue;
      yield isFirst ? text : `,${text}`;
      isFirst = false;
    }
  }
  yield ']';
}

/** What stands between the brackets of an array; its slices are whole elements. */
async function* elementsOf(array: JsonText): AsyncGenerator<string> {
  if (typeof array === 'string') {
    yield array.slice(1, -1);
    return;
  }
  for await (const text of array) if (text !== '[' && text !== ']') yield text.replace(/^,/, '');
}

export async function countRecords(sql: Sql, view: RecordView, where: Fragment): Promise<number> {
  const [row] = await plannedForItsValues(sql<[{ count: number }]>`select count(*)::integer as count from ${sql(view)} v where ${where}`);
  return row.count;
}

/** JSON text with more around it. */
export function within(before: string, json: JsonText, after: string): JsonText {
  if (typeof json === 'string') return before + json + after;
  return (async function* () {
    yield before;
    yield* json;
    yield after;
  })();
}
