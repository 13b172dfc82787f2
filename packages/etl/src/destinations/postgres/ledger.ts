import type { TablePlan } from '../../model.ts';
import type { QualifiedName } from '../../names/qualified-name.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import { literal } from '../../types/sql.ts';
import type { LedgerEntry, LedgerRow } from '../ledger-row.ts';
import { type Find, inTransaction, rowsOf } from './transaction.ts';

/** Which loads are in the warehouse, and their bad rows, in a schema of the warehouse: written in the transaction that writes the table. */
export const SCHEMA = '_sluice';
export const LEDGER = `${SCHEMA}.load`;
export const QUARANTINE = `${SCHEMA}.quarantine`;

/** Columns of the quarantine that an extract fills. */
export const BAD_ROW_COLUMNS = 'chunk, line, column_name, reason, raw, at';

const TABLES = `
  create schema if not exists ${SCHEMA};
  create table if not exists ${LEDGER} (
    load_id text primary key, schema_name text not null, table_name text not null, table_oid oid not null, source text, planned_at timestamptz not null,
    token bigint not null, flow_run_id text not null, rows_read bigint not null, rows_loaded bigint not null, rows_quarantined bigint not null,
    verify text not null, verified boolean not null, notes text[] not null, sums json not null, fingerprint text not null, plan json,
    replay_of text, committed_at timestamptz not null);
  create index if not exists load_table on ${LEDGER} (schema_name, table_name, committed_at);
  create table if not exists ${QUARANTINE} (
    place bigint generated always as identity primary key, load_id text not null, schema_name text not null, table_name text not null,
    chunk integer, line bigint, column_name text, reason text, raw text, at timestamptz, mended text);
  create index if not exists quarantine_table on ${QUARANTINE} (schema_name, table_name);`;

/** Whether any load has been here. */
export async function hasLedger(client: PostgresClient): Promise<boolean> {
  const [row] = await rowsOf<{ there: boolean }>(
    client,
    `select to_regclass('${LEDGER}') is not null and to_regclass('${QUARANTINE}') is not null as there`,
  );
  return row?.there ?? false;
}

/** Locks that are named, for loads of Sluice alone; they end with the transaction. */
const lock = (client: PostgresClient, what: string) =>
  client.query(`select pg_advisory_xact_lock(hashtextextended(${literal(`sluice ${what}`)}, 0))`);

/** From here on no other load of the table is committed. Loads of other tables are not kept waiting. */
export const lockTable = (client: PostgresClient, { schema, name }: QualifiedName) => lock(client, JSON.stringify([schema, name]));

/** Makes what is missing of ledger and schema, in a transaction of its own: of two that begin at once, none waits for the other's rows. */
export async function makeRoom(find: Find, plan: TablePlan, signal: AbortSignal): Promise<void> {
  const { table, target } = plan;
  const isReady = await inTransaction(
    find,
    { access: 'read', signal, table },
    async (client) => (await hasLedger(client)) && (await hasSchema(client, target)),
  );
  if (isReady) return;
  await inTransaction(find, { access: 'write', signal, table }, async (client) => {
    await lock(client, 'ledger');
    if (!(await hasLedger(client))) await client.query(TABLES);
    if (!(await hasSchema(client, target))) await client.query(`create schema "${target.schema.replaceAll('"', '""')}"`);
  });
}

async function hasSchema(client: PostgresClient, { schema }: QualifiedName): Promise<boolean> {
  return (await rowsOf(client, 'select from pg_namespace where nspname = $1', [schema])).length > 0;
}

/** What a reader of the ledger sees. */
export const LEDGER_COLUMNS = `load_id, schema_name, table_name, source, rows_read::float8 as rows_read, rows_loaded::float8 as rows_loaded,
  rows_quarantined::float8 as rows_quarantined, verify, verified, notes, flow_run_id, planned_at::text as planned_at,
  committed_at::text as committed_at, fingerprint, replay_of`;

export type StandingRow = LedgerRow & { readonly table_oid: number };

/** What the ledger and the catalog say about a load that wants in. */
export interface Standing {
  readonly mine: LedgerRow | undefined;
  /** A load of the same table that was planned later; with equal plans, whose lease is the younger one. */
  readonly later: LedgerRow | undefined;
  /** The load that the table holds now. */
  readonly present: LedgerRow | undefined;
  /** What stands where this table is to go. */
  readonly relation: { readonly oid: number; readonly kind: string } | undefined;
  /** The highest token that a commit of this table had. */
  readonly highest: number;
}

/** One statement: between two of them another load could be committed, and its table would look like one that no load has made. */
const STANDING = `
  with own as (select * from ${LEDGER} where schema_name = $2 and table_name = $3), noted as (
    (select 'mine' as part, * from ${LEDGER} where load_id = $1)
    union all (select 'later', * from own where (planned_at, token) > ($4::timestamptz, $5::bigint) order by planned_at desc limit 1)
    union all (select 'latest', * from own order by committed_at desc limit 1)),
  stands as (select c.oid::bigint::float8 as stands_oid, c.relkind::text as stands_kind
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $2 and c.relname = $3)
  select part, ${LEDGER_COLUMNS}, table_oid::bigint::float8 as table_oid, (select max(token)::float8 from own) as highest, stands_oid, stands_kind
  from (values (true)) as always left join noted on true left join stands on true`;

interface Found extends StandingRow {
  readonly part: string | null;
  readonly highest: number | null;
  readonly stands_oid: number | null;
  readonly stands_kind: string | null;
}

export async function readStanding(client: PostgresClient, load_id: string, { target, planned_at }: TablePlan, token: number): Promise<Standing> {
  const found = await rowsOf<Found>(client, STANDING, [load_id, target.schema, target.name, planned_at, token]);
  const of = (part: string) => found.find((row) => row.part === part);
  const { stands_oid: oid = null, stands_kind: kind = null } = found[0] ?? {};
  const relation = oid === null || kind === null ? undefined : { oid, kind };
  const latest = of('latest');
  return {
    mine: of('mine'),
    later: of('later'),
    present: latest && latest.table_oid === relation?.oid ? latest : undefined,
    relation,
    highest: latest?.highest ?? 0,
  };
}

export async function writeEntry(client: PostgresClient, { extract, ...entry }: LedgerEntry & { readonly table_oid: number }): Promise<void> {
  const { load_id, plan, rows_read, rows_quarantined } = extract;
  const values = {
    load_id,
    schema_name: plan.target.schema,
    table_name: plan.target.name,
    table_oid: entry.table_oid,
    source: plan.source,
    planned_at: plan.planned_at,
    token: entry.token,
    flow_run_id: entry.flow_run_id,
    rows_read,
    rows_loaded: entry.sums.rows,
    rows_quarantined,
    verify: entry.verify,
    verified: entry.verified,
    notes: entry.notes,
    sums: JSON.stringify(entry.sums),
    fingerprint: entry.fingerprint,
    plan: rows_quarantined > 0 ? JSON.stringify(plan) : null,
    replay_of: entry.replay_of ?? null,
  };
  const names = Object.keys(values);
  // The time at which the table is locked: that of the transaction's begin may be before another's end.
  await client.query(
    `insert into ${LEDGER} (${names.join(', ')}, committed_at) values (${names.map((_, index) => `$${index + 1}`).join(', ')}, clock_timestamp())`,
    Object.values(values),
  );
}
