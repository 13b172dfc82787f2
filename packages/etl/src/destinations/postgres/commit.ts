import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Extract, TablePlan, TableSums, VerifyLevel } from '../../model.ts';
import { formatName, type QualifiedName, quoteName } from '../../names/qualified-name.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import { identifier } from '../../types/sql.ts';
import type { CommitRequest, SeenLoad } from '../destination.ts';
import { already, committed, type Outcome, refuseOtherSource, superseded } from '../outcome.ts';
import { refuseDifferences } from '../refuse-differences.ts';
import { StaleToken } from '../stale-token.ts';
import { fingerprintSql } from './fingerprint.ts';
import { asWritten } from './json-of-files.ts';
import { lockTable, makeRoom, readStanding, type Standing, writeEntry } from './ledger.ts';
import { expectReplaceable, isPlain, rename, replaceRows } from './place.ts';
import { placeFault } from './place-fault.ts';
import { KINDS, readAttributes, readRelation } from './relation.ts';
import { dialectFor, readSumsOf, sumsQuery } from './sums.ts';
import { type Find, rowsOf } from './transaction.ts';
import { postgresType } from './types.ts';
import { writeLoad } from './write-load.ts';
import { copyParts, copyQuarantine, expectParts, stagingOf } from './write-rows.ts';

/**
 * Puts a table that was read into parts into the warehouse, exactly once. All of it is one transaction: rows go into a table that
 * nobody sees, are summed there, and only then is the table locked, the ledger asked once more, and the place taken. Loads of other
 * tables wait for nothing of it, whatever machine they are on; a process that is killed leaves nothing, for the server rolls back.
 */
export async function commitLoad(find: Find, request: CommitRequest): Promise<SeenLoad> {
  const { extract, context } = request;
  const { plan } = extract;
  const fault = placeFault(plan.table, plan.target, plan.columns);
  if (fault !== null) throw new SluiceError('CONFLICT', fault, { hint: 'Load it into another schema (--into), or rename what is named.' });
  await makeRoom(find, plan, context.signal);
  for (let tries = 1; ; tries++) {
    try {
      return await writeLoad(find, request, (client) => settle(client, request));
    } catch (error) {
      if (!(error instanceof MadeAnew) || tries === TRIES) throw error;
    }
  }
}

async function settle(client: PostgresClient, request: CommitRequest): Promise<Outcome> {
  const { extract, context, token } = request;
  const { plan, load_id } = extract;
  const look = () => readStanding(client, load_id, plan, token);
  const before = await look();
  const early = decide(before, request);
  if (early) return early;
  await expectParts(extract, context);
  const judged = await asWritten(extract, request.verify, context);
  const { relation } = before;
  const plain = relation && (await isPlain(client, relation.oid));
  if (relation && plain === undefined) throw new MadeAnew(plan.table);
  const stays = plain === false;
  if (relation && stays) await expectReplaceable(client, plan, relation.oid);
  const staging = await stage(client, extract, stays ? 'temporary' : 'lasting');
  await copyParts(client, extract, quoteName(staging), { options: stays ? '' : ' with (freeze)', context });
  const { oid } = (await readRelation(client, staging)) as { oid: number };
  // Before anybody has to wait for it.
  const summed = stays ? undefined : await sumsOf(client, judged, staging, request.verify);
  await lockTable(client, plan.target);
  const now = await look();
  const late = decide(now, request);
  if (late) return await giveUp(client, staging, late);
  if (now.relation?.oid !== relation?.oid) throw new MadeAnew(plan.table);
  if (relation && stays) await replaceRows(client, plan, staging, relation.oid, await readAttributes(client, oid));
  else await rename(client, staging, plan.target, relation !== undefined);
  await copyQuarantine(client, extract, context);
  const { sums, fingerprint } = summed ?? (await sumsOf(client, judged, plan.target, request.verify));
  const done = committed(request, sums.rows);
  const { verify, verified, notes } = done;
  const table_oid = relation && stays ? relation.oid : oid;
  await writeEntry(client, { extract, table_oid, token, flow_run_id: request.flow_run_id, verify, verified, notes, sums, fingerprint });
  return done;
}

/** What the ledger says of a load: that there is nothing to do, or that it must not be; undefined where it may go on. */
function decide({ mine, later, present, relation, highest }: Standing, request: CommitRequest): Outcome | undefined {
  const { extract, overwrite, token } = request;
  const { plan } = extract;
  if (mine) return already(mine);
  if (present && !overwrite) refuseOtherSource(plan, present);
  if (later) return superseded(request, later);
  if (relation && !present) refuseStranger(plan, relation.kind, overwrite);
  if (token <= highest) throw new StaleToken(token, highest);
  return undefined;
}

/** What stands there and was not put there by a load: a table is replaced when that is asked, anything else never. */
function refuseStranger({ table, target }: TablePlan, kind: string, overwrite: boolean | undefined): void {
  const isTable = kind === 'r' || kind === 'p';
  if (isTable && overwrite) return;
  const what = isTable ? 'a table that no load of Sluice has made' : (KINDS[kind] ?? 'something else');
  throw new SluiceError('CONFLICT', `${table} cannot be loaded as ${formatName(target)}: in the warehouse that is ${what}. Nothing was replaced.`, {
    hint: isTable
      ? 'Load it into another schema with --into SCHEMA, or replace what is there with --overwrite.'
      : 'Load it into another schema with --into SCHEMA.',
    lasting: true,
  });
}

const TRIES = 5;

/** Another load has put a table where none was, or another in its place, while rows were on their way: nothing is written, and it is done again. */
class MadeAnew extends SluiceError {
  constructor(table: string) {
    super('WAREHOUSE_LOCKED', `${table} is made anew in the warehouse again and again while its rows are on their way.`, {
      hint: 'Load a table by one job at a time.',
    });
  }
}

const giveUp = async (client: PostgresClient, staging: QualifiedName, outcome: Outcome): Promise<Outcome> => {
  await client.query(`drop table ${quoteName(staging)}`);
  return outcome;
};

/** Makes the table that rows go into first: one that becomes the table itself, or, where that stays, one of this session alone. */
async function stage(client: PostgresClient, { plan }: Extract, kind: 'temporary' | 'lasting'): Promise<QualifiedName> {
  const columns = plan.columns.map((column) => `${identifier(column.name)} ${postgresType(column, plan.kind)}`).join(', ');
  const staging = stagingOf(plan.target.schema);
  if (kind === 'lasting') {
    await client.query(`create table ${quoteName(staging)} (${columns})`);
    return staging;
  }
  await client.query(`create temporary table ${identifier(staging.name)} (${columns}) on commit drop`);
  const [row] = await rowsOf<{ schema: string }>(client, 'select nspname::text as schema from pg_namespace where oid = pg_my_temp_schema()');
  return { schema: row?.schema ?? 'pg_temp', name: staging.name };
}

/** The destination's half of the verification: counts and sums of the rows as they stand there, refused where they are not those of the extract. */
async function sumsOf(
  client: PostgresClient,
  extract: Extract,
  table: QualifiedName,
  verify: VerifyLevel,
): Promise<{ sums: TableSums; fingerprint: string }> {
  const summed = await readTableSums(client, extract, table, verify);
  refuseDifferences(extract, summed.sums);
  return summed;
}

/** Counts, sums and fingerprint of a table, in one look at its rows. */
export async function readTableSums(
  client: PostgresClient,
  { plan, parts }: Pick<Extract, 'plan' | 'parts'>,
  table: QualifiedName,
  verify: VerifyLevel,
): Promise<{ sums: TableSums; fingerprint: string }> {
  const bytes =
    parts.reduce((sum, part) => sum + part.bytes, 0) /
    Math.max(
      1,
      parts.reduce((sum, part) => sum + part.rows, 0),
    );
  const dialect = dialectFor(client.server, bytes);
  const { oid = 0 } = (await readRelation(client, table)) ?? {};
  const made = fingerprintSql(await readAttributes(client, oid));
  const [row] = await rowsOf<{ sums: (string | null)[] }>(client, sumsQuery(plan, quoteName(table), verify, dialect, made));
  const { sums, also } = readSumsOf(plan, row?.sums ?? [], dialect);
  return { sums, fingerprint: also ?? '' };
}
