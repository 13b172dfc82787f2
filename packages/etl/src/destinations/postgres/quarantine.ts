import type { QuarantineRow } from '@sluice/core/model/table-load';
import type { RefusedRow, TablePlan, VerifyLevel } from '../../model.ts';
import { formatName, type QualifiedName } from '../../names/qualified-name.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import type { Mendable, QuarantinedTable } from '../destination.ts';
import type { ReadRows } from '../see.ts';
import { LEDGER, QUARANTINE } from './ledger.ts';
import { rowsOf } from './transaction.ts';

/**
 * Rows of the quarantine, each with an id that it keeps until it leaves: it is made of what the source had, so that a new reason
 * changes nothing. Rows that are equal in all of that are told apart by a number.
 */
const IDENTIFIED = `(
  select *, left(md5(row(load_id, chunk, line, raw)::text), 12) || case row_number() over same when 1 then '' else '-' || row_number() over same end as id
  from ${QUARANTINE} where schema_name = $1 and table_name = $2 window same as (partition by load_id, chunk, line, raw order by place)) q`;

/** Rows of a table in quarantine, in the order of the source. */
export function readRows(client: PostgresClient, { schema, name }: QualifiedName, { limit, cut }: ReadRows = {}): Promise<QuarantineRow[]> {
  const shown = (column: string) => (cut === undefined ? column : `left(${column}, ${cut}) as ${column}`);
  return rowsOf(
    client,
    `select id, load_id, line::float8 as line, column_name as "column", ${shown('reason')}, ${shown('raw')}, length(raw)::float8 as raw_length, ${shown('mended')}
     from ${IDENTIFIED} order by chunk, line, id ${limit === undefined ? '' : `limit ${limit}`}`,
    [schema, name],
  );
}

/** Tables that have rows in quarantine, by their names, each with the reason that most of them have. */
export async function readTables(client: PostgresClient): Promise<QuarantinedTable[]> {
  const found = await rowsOf<QualifiedName & Omit<QuarantinedTable, 'table'>>(
    client,
    `select schema_name as schema, table_name as name, min(load_id) as load_id, count(*)::float8 as rows, mode() within group (order by reason) as reason
     from ${QUARANTINE} group by schema_name, table_name order by schema_name collate "C", table_name collate "C"`,
  );
  return found.map(({ schema, name, ...facts }) => ({ table: formatName({ schema, name }), ...facts }));
}

/** What has to be known of a table by who mends its rows. */
export async function readMendable(client: PostgresClient, { schema, name }: QualifiedName): Promise<Mendable | undefined> {
  const rows = await rowsOf<{ id: string; reason: string | null }>(client, `select id, reason from ${IDENTIFIED}`, [schema, name]);
  const [load] = await rowsOf<{ load_id: string; verify: VerifyLevel; plan: TablePlan | null }>(
    client,
    `select load_id, verify, plan from ${LEDGER} where schema_name = $1 and table_name = $2 order by committed_at desc limit 1`,
    [schema, name],
  );
  return load && rows.length > 0 ? { ...load, reasons: new Map(rows.map(({ id, reason }) => [id, reason])) } : undefined;
}

/** A text of PostgreSQL holds no NUL: its picture stands in its place. */
const withoutNul = (text: string): string => text.replaceAll('\0', '␀');

interface Mended {
  readonly kept: readonly string[];
  readonly refused: readonly RefusedRow[];
}

/** Rows that are loaded leave, others get the text and the reason of what was tried. Returns how many stay. */
export async function takeOut(client: PostgresClient, { target: { schema, name }, table }: TablePlan, { kept, refused }: Mended): Promise<number> {
  const rows = await rowsOf<{ id: string; place: string }>(client, `select id, place from ${IDENTIFIED}`, [schema, name]);
  const places = new Map(rows.map(({ id, place }) => [id, place]));
  const placeOf = (id: string): string => {
    const place = places.get(id);
    if (place === undefined) throw new Error(`row ${id} of ${table} is not in quarantine`);
    return place;
  };
  for (const { id, raw, column, reason } of refused) {
    await client.query(`update ${QUARANTINE} set mended = $1, column_name = $2, reason = $3 where place = $4`, [
      ...[withoutNul(raw), column, withoutNul(reason)],
      placeOf(id),
    ]);
  }
  await client.query(`delete from ${QUARANTINE} where place = any ($1::bigint[])`, [[...new Set(kept)].map(placeOf)]);
  return rows.length - kept.length;
}
