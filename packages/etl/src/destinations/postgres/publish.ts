import type { StepContext } from '../../model.ts';
import { formatName, type QualifiedName, quoteName } from '../../names/qualified-name.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import type { DestinationFacts, PresentTable, TableCheck } from '../destination.ts';
import { fingerprintSql } from './fingerprint.ts';
import { hasLedger, LEDGER } from './ledger.ts';
import { readAttributes } from './relation.ts';
import { type Find, inTransaction, rowsOf } from './transaction.ts';

const CHECKS = 3;

/** The latest load of each table that stands as that has left it. */
const STANDING = `
  select distinct on (l.schema_name, l.table_name) l.*, c.reltuples from ${LEDGER} l
  join pg_namespace n on n.nspname = l.schema_name join pg_class c on c.relnamespace = n.oid and c.relname = l.table_name and c.oid = l.table_oid
  order by l.schema_name, l.table_name, l.committed_at desc`;

export async function presentTables(client: PostgresClient): Promise<PresentTable[]> {
  if (!(await hasLedger(client))) return [];
  return await rowsOf(
    client,
    `select schema_name as schema, table_name as name, source, flow_run_id, rows_loaded::float8 as rows,
       to_char(committed_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as loaded
     from (${STANDING}) s order by schema_name collate "C", table_name collate "C"`,
  );
}

type Standing = QualifiedName & { readonly oid: number; readonly fingerprint: string; readonly counted: boolean };

/** Second clean-up: random tables are read again and checked, and the planner learns of tables that it knows nothing of. */
export async function publishWarehouse(find: Find, file: string, context: StepContext, random = Math.random): Promise<DestinationFacts> {
  const { signal, log } = context;
  const facts = await inTransaction(find, { access: 'read', signal }, async (client) => {
    const present = await presentTables(client);
    const standing = present.length === 0 ? [] : await readStanding(client);
    return { present, standing, checks: await checkTables(client, standing, random), bytes: await readBytes(client, standing) };
  });
  for (const { table, equal } of facts.checks) {
    if (equal) log.info('checked', { table });
    else log.warn('a table is not as it was loaded: somebody has changed it', { table });
  }
  const unknown = facts.standing.filter(({ counted }) => !counted);
  for (const table of unknown) await inTransaction(find, { access: 'write', signal }, (client) => client.query(`analyze ${quoteName(table)}`));
  return { file, bytes: facts.bytes, checks: facts.checks, compacted: null, present: facts.present };
}

const readStanding = (client: PostgresClient): Promise<Standing[]> =>
  rowsOf(
    client,
    `select schema_name as schema, table_name as name, table_oid::bigint::float8 as oid, fingerprint, reltuples >= 0 as counted from (${STANDING}) s`,
  );

async function checkTables(client: PostgresClient, standing: readonly Standing[], random: () => number): Promise<TableCheck[]> {
  const chosen = standing
    .map((table) => ({ table, order: random() }))
    .sort((a, b) => a.order - b.order)
    .slice(0, CHECKS);
  const checks: TableCheck[] = [];
  for (const { table } of chosen) {
    const made = fingerprintSql(await readAttributes(client, table.oid));
    const [row] = await rowsOf<{ made: string }>(client, `select ${made} as made from ${quoteName(table)}`);
    checks.push({ table: formatName(table), method: 'hash', equal: row?.made === table.fingerprint });
  }
  return checks;
}

async function readBytes(client: PostgresClient, standing: readonly Standing[]): Promise<number> {
  const [row] = await rowsOf<{ bytes: number }>(
    client,
    'select coalesce(sum(pg_total_relation_size(oid)), 0)::float8 as bytes from unnest($1::oid[]) as u(oid)',
    [standing.map(({ oid }) => oid)],
  );
  return row?.bytes ?? 0;
}
