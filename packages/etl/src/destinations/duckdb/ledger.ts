import { messageOf } from '@sluice/core/errors/sluice-error';
import type { TablePlan } from '../../model.ts';
import { BAD_ROW_FACTS, declared } from '../../stage/bad-rows.ts';
import type { LedgerEntry, LedgerRow } from '../ledger-row.ts';
import type { Warehouse } from './warehouse.ts';

/**
 * Which loads are in the warehouse, and their bad rows. They are written in the transaction that writes the table: whoever reads
 * the ledger knows what is in the tables, after whatever crash.
 */
export const LEDGER = 'warehouse._sluice.load';
export const QUARANTINE = 'warehouse._sluice.quarantine';

const TABLES = [
  'create schema if not exists warehouse._sluice',
  `create table if not exists ${LEDGER} (
    load_id varchar primary key, schema_name varchar not null, table_name varchar not null, planned_at timestamptz not null,
    token bigint not null, flow_run_id varchar not null, rows_read bigint not null, rows_loaded bigint not null,
    rows_quarantined bigint not null, verify varchar not null, verified boolean not null, notes varchar[] not null,
    sums json not null, fingerprint varchar not null, committed_at timestamptz not null)`,
  `create table if not exists ${QUARANTINE} (
    load_id varchar not null, schema_name varchar not null, table_name varchar not null, ${declared(BAD_ROW_FACTS)})`,
  // A warehouse of an older Sluice has none of these.
  `alter table ${LEDGER} add column if not exists source varchar`,
  `alter table ${LEDGER} add column if not exists replay_of varchar`,
  // How the table was read, where rows of it are in quarantine: what a person makes of them is read in the same way.
  `alter table ${LEDGER} add column if not exists plan json`,
  // What was tried last in the place of the row.
  `alter table ${QUARANTINE} add column if not exists mended varchar`,
];

/** The ledger as every release has written it: what an older one lacks is null. */
export const LEDGER_ROWS = `(select null::varchar as source, null::varchar as replay_of, null::json as plan where false union all by name from ${LEDGER})`;

/** What a reader of the ledger sees: counts as numbers. */
export const LEDGER_COLUMNS = `load_id, schema_name, table_name, source, rows_read::double as rows_read, rows_loaded::double as rows_loaded,
  rows_quarantined::double as rows_quarantined, verify, verified, notes, flow_run_id, planned_at, committed_at, fingerprint, replay_of`;

/** Makes what is missing of the ledger. To ask it for a column costs less than to read the catalog, which grows with the warehouse. */
export async function createLedger(warehouse: Warehouse): Promise<void> {
  try {
    await warehouse.rows(`select ledger.source, ledger.replay_of, ledger.plan, bad.mended from ${LEDGER} as ledger, ${QUARANTINE} as bad limit 0`);
  } catch (error) {
    if (!/^(Catalog|Binder) Error/.test(messageOf(error))) throw error;
    for (const statement of TABLES) await warehouse.run(statement);
  }
}

/** What the ledger and the catalog say about a load that wants in. */
export interface Standing {
  readonly mine: LedgerRow | undefined;
  /** A load of the same table that was planned later; with equal plans, whose lease is the younger one. */
  readonly later: LedgerRow | undefined;
  /** The load that the table holds now. */
  readonly present: LedgerRow | undefined;
  /** What stands where this table is to go and was not put there by a load of it: a person's own, or a table of nearly its name. */
  readonly stranger: string | undefined;
  /** A schema of nearly the name of this table's. */
  readonly schema: string | undefined;
  /** The highest token that a commit had. */
  readonly highest: number;
}

/** DuckDB takes names that differ in the case of ASCII letters for the same name. */
const folded = (sql: string) => `translate(${sql}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')`;

interface Latest {
  readonly highest: number;
  /** When the table was last loaded. */
  readonly loaded_at: string | null;
  /** The last load of a table of this name, or nearly. */
  readonly owner_schema: string | null;
  readonly owner_name: string | null;
}

/** Two plain queries: DuckDB takes longer to plan one that says all than to run these. */
const LATEST = `
  select coalesce(max(token), 0)::double as highest,
    max(committed_at) filter (where schema_name = $schema and table_name = $name) as loaded_at,
    arg_max(schema_name, committed_at) filter (where ${folded('schema_name')} = ${folded('$schema')} and ${folded('table_name')} = ${folded('$name')}) as owner_schema,
    arg_max(table_name, committed_at) filter (where ${folded('schema_name')} = ${folded('$schema')} and ${folded('table_name')} = ${folded('$name')}) as owner_name
  from ${LEDGER}`;

const NOTED = `
  select ${LEDGER_COLUMNS}, (planned_at, token) > ($planned_at::timestamptz, $token::bigint) as is_later,
    committed_at = $loaded_at::timestamptz as is_latest from ${LEDGER}
  where load_id = $load_id or (schema_name = $schema and table_name = $name and (is_later or is_latest)) order by planned_at desc`;

type NotedLoad = LedgerRow & { readonly is_later: boolean; readonly is_latest: boolean };

interface Place {
  readonly kind: 'table' | 'view' | 'schema';
  readonly schema: string;
  readonly name: string;
}

const PLACES = `
  with place as (
    select 'table' as kind, schema_name as schema, table_name as name from duckdb_tables() where database_name = 'warehouse'
    union all select 'view', schema_name, view_name from duckdb_views() where database_name = 'warehouse'
    union all select 'schema', schema_name, '' from duckdb_schemas() where database_name = 'warehouse'
  )
  from place where ${folded('schema')} = ${folded('$schema')} and (kind = 'schema' or ${folded('name')} = ${folded('$name')})`;

export async function readStanding(warehouse: Warehouse, loadId: string, { target, planned_at }: TablePlan, token: number): Promise<Standing> {
  const names = { schema: target.schema, name: target.name };
  const [latest] = await warehouse.rows<Latest>(LATEST, names);
  const loaded_at = latest?.loaded_at ?? null;
  const noted = await warehouse.rows<NotedLoad>(NOTED, { ...names, load_id: loadId, planned_at, token: BigInt(token), loaded_at });
  const places = await warehouse.rows<Place>(PLACES, names);
  const isOwn = latest?.owner_schema === target.schema && latest.owner_name === target.name;
  const relations = places.filter(({ kind }) => kind !== 'schema');
  const isThere = relations.some(({ kind, schema, name }) => kind === 'table' && schema === target.schema && name === target.name);
  const [stranger] = isOwn ? [] : relations;
  return {
    mine: noted.find(({ load_id }) => load_id === loadId),
    later: noted.find(({ is_later }) => is_later),
    present: isThere ? noted.find(({ is_latest }) => is_latest) : undefined,
    stranger: stranger && `${stranger.schema}.${stranger.name}`,
    schema: places.find(({ kind, schema }) => kind === 'schema' && schema !== target.schema)?.schema,
    highest: latest?.highest ?? 0,
  };
}

export async function writeEntry(warehouse: Warehouse, { extract, token, flow_run_id, ...entry }: LedgerEntry): Promise<void> {
  const { load_id, plan, rows_read, rows_quarantined } = extract;
  await warehouse.run(
    `insert into ${LEDGER} by name select $load_id as load_id, $schema as schema_name, $name as table_name,
       $source as source, $planned_at::timestamptz as planned_at, $token as token, $flow_run_id as flow_run_id, $rows_read as rows_read,
       $rows_loaded as rows_loaded, $rows_quarantined as rows_quarantined, $verify as verify, $verified as verified, $notes::json::varchar[] as notes,
       $sums::json as sums, $fingerprint as fingerprint, $replay_of as replay_of, $plan::json as plan,
       get_current_timestamp() as committed_at`,
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
      replay_of: entry.replay_of ?? null,
      plan: rows_quarantined > 0 ? JSON.stringify(plan) : null,
    },
  );
}
