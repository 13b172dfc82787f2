import type { TablePlan } from '../../model.ts';
import { formatName, type QualifiedName } from '../../names/qualified-name.ts';
import { literal } from '../../types/sql.ts';
import type { LedgerEntry, LedgerRow } from '../ledger-row.ts';
import { qualify } from '../qualify.ts';
import type { Lake } from './lake.ts';

export const SCHEMA = '_sluice';

/**
 * Which loads are in the lake. Rows are only added: to take one away would be a conflict with every load that adds one meanwhile. What
 * stands in a table is said by its head, a view, which each load of the table drops and makes: of two that do it at once one fails.
 */
export const LEDGER = `warehouse.${SCHEMA}.load`;

export const LEDGER_TABLE = `create table if not exists ${LEDGER} (
    load_id varchar not null, schema_name varchar not null, table_name varchar not null, source varchar, planned_at timestamptz not null,
    token bigint not null, flow_run_id varchar not null, rows_read bigint not null, rows_loaded bigint not null,
    rows_quarantined bigint not null, verify varchar not null, verified boolean not null, notes varchar not null,
    sums varchar not null, fingerprint varchar not null, plan varchar, replay_of varchar, committed_at timestamptz not null)`;

/** Whether any load has been here. */
export async function hasLedger(lake: Lake): Promise<boolean> {
  const rows = await lake.rows(`from duckdb_tables() where database_name = 'warehouse' and schema_name = '${SCHEMA}' and table_name = 'load'`);
  return rows.length > 0;
}

/** What a reader of the ledger sees: counts as numbers. */
export const LEDGER_COLUMNS = `load_id, schema_name, table_name, source, rows_read::double as rows_read, rows_loaded::double as rows_loaded,
  rows_quarantined::double as rows_quarantined, verify, verified, notes::json::varchar[] as notes, flow_run_id, planned_at, committed_at,
  fingerprint, replay_of`;

/** The view that says which load stands in a table. */
const headOf = (target: QualifiedName): QualifiedName => ({ schema: SCHEMA, name: formatName(target) });

/**
 * Makes the head of a table: in the transaction of the load. `made`: the snapshot in which the table was made, where that is an earlier
 * one; a table that somebody has made since has another, and is not the one that was loaded.
 */
export const writeHead = (lake: Lake, target: QualifiedName, load_id: string, made?: number): Promise<void> =>
  lake.run(`create or replace view ${qualify(headOf(target))} as select ${literal(`load ${made ?? ''} ${load_id}`)} as stands`);

/** Heads with the tables that they are of, as the catalog has them now: the load that stands in each. */
export const standingIn = (lake: Lake): string => `(
  with head as (
    select v.view_name, v.begin_snapshot, regexp_extract(v.sql, '''load (\\d*) (.*)'' AS stands', ['made', 'load_id']) as stands
    from ${lake.catalog('view')} v join ${lake.catalog('schema')} s on s.schema_id = v.schema_id
    where s.schema_name = '${SCHEMA}' and v.end_snapshot is null and s.end_snapshot is null)
  select stands.load_id as load_id, coalesce(try_cast(stands.made as bigint), begin_snapshot) as made, view_name as head from head)`;

/** Tables of the lake, with the snapshot in which each was made. */
export const tablesOf = (lake: Lake): string => `(
  select s.schema_name as schema, t.table_name as name, t.begin_snapshot as made
  from ${lake.catalog('table')} t join ${lake.catalog('schema')} s on s.schema_id = t.schema_id
  where t.end_snapshot is null and s.end_snapshot is null)`;

/** What the ledger and the catalog say about a load that wants in. */
export interface Standing {
  readonly mine: LedgerRow | undefined;
  /** A load of the same table that was planned later; with equal plans, whose lease is the younger one. */
  readonly later: LedgerRow | undefined;
  /** The load that the table holds now. */
  readonly present: LedgerRow | undefined;
  /** What stands where this table is to go, under this name or nearly. */
  readonly there: { readonly kind: 'table' | 'view'; readonly schema: string; readonly name: string; readonly made: number | null } | undefined;
  /** A schema of nearly the name of this table's. */
  readonly schema: string | undefined;
  /** The highest token that a commit of this table had. */
  readonly highest: number;
}

/** DuckDB takes names that differ in the case of ASCII letters for the same name. */
const folded = (sql: string) => `translate(${sql}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')`;

type Noted = LedgerRow & { readonly is_later: boolean; readonly is_own: boolean; readonly token: number };

interface Place {
  readonly kind: 'table' | 'view' | 'schema';
  readonly schema: string;
  readonly name: string;
  readonly made: number | null;
}

/**
 * The transaction's own snapshot is fixed first: what the catalog says after that is of then or later, and what was committed in between
 * is a conflict when this transaction ends.
 */
export async function readStanding(lake: Lake, load_id: string, { target, planned_at }: TablePlan, token: number): Promise<Standing> {
  const { schema, name } = target;
  await lake.rows('from warehouse.current_snapshot()');
  const places = await lake.rows<Place>(
    `from (
       select 'table' as kind, schema, name, made::double as made from ${tablesOf(lake)}
       union all select 'view', s.schema_name, v.view_name, null from ${lake.catalog('view')} v join ${lake.catalog('schema')} s on s.schema_id = v.schema_id
         where v.end_snapshot is null and s.end_snapshot is null
       union all select 'schema', schema_name, '', null from ${lake.catalog('schema')} where end_snapshot is null)
     where ${folded('schema')} = ${folded('$schema')} and (kind = 'schema' or ${folded('name')} = ${folded('$name')})`,
    { schema, name },
  );
  const [head] = await lake.rows<{ load_id: string; made: number }>(
    `select load_id, made::double as made from ${standingIn(lake)} where head = $head`,
    {
      head: headOf(target).name,
    },
  );
  const noted = await lake.rows<Noted>(
    `select ${LEDGER_COLUMNS}, token::double as token, schema_name = $schema and table_name = $name as is_own,
       (planned_at, token) > ($planned_at::timestamptz, $token::bigint) as is_later
     from ${LEDGER} where load_id = $load_id or (schema_name = $schema and table_name = $name) order by planned_at desc`,
    { schema, name, load_id, planned_at, token: BigInt(token) },
  );
  const there = places.find(({ kind }) => kind !== 'schema');
  const isAsLoaded = there?.kind === 'table' && there.schema === schema && there.name === name && there.made === head?.made;
  return {
    mine: noted.find((load) => load.load_id === load_id),
    later: noted.find(({ is_later, is_own }) => is_later && is_own),
    present: isAsLoaded ? noted.find((load) => load.load_id === head?.load_id) : undefined,
    there: there as Standing['there'],
    schema: places.find((place) => place.kind === 'schema' && place.schema !== schema)?.schema,
    highest: Math.max(0, ...noted.filter(({ is_own }) => is_own).map((load) => load.token)),
  };
}

export async function writeEntry(lake: Lake, { extract, token, flow_run_id, ...entry }: LedgerEntry): Promise<void> {
  const { load_id, plan, rows_read, rows_quarantined } = extract;
  await lake.run(
    `insert into ${LEDGER} by name select $load_id as load_id, $schema as schema_name, $name as table_name, $source as source,
       $planned_at::timestamptz as planned_at, $token::bigint as token, $flow_run_id as flow_run_id, $rows_read::bigint as rows_read,
       $rows_loaded::bigint as rows_loaded, $rows_quarantined::bigint as rows_quarantined, $verify as verify, $verified::boolean as verified,
       $notes as notes, $sums as sums, $fingerprint as fingerprint, $plan as plan, $replay_of as replay_of, get_current_timestamp() as committed_at`,
    {
      load_id,
      schema: plan.target.schema,
      name: plan.target.name,
      source: plan.source,
      planned_at: plan.planned_at,
      token: BigInt(token),
      flow_run_id,
      rows_read: BigInt(rows_read),
      rows_loaded: BigInt(entry.sums.rows),
      rows_quarantined: BigInt(rows_quarantined),
      verify: entry.verify,
      verified: entry.verified,
      notes: JSON.stringify(entry.notes),
      sums: JSON.stringify(entry.sums),
      fingerprint: entry.fingerprint,
      plan: rows_quarantined > 0 ? JSON.stringify(plan) : null,
      replay_of: entry.replay_of ?? null,
    },
  );
}
