import type { TableSums } from '../../model.ts';
import { quoteName } from '../../names/qualified-name.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import type { MendedCommit, SeenLoad } from '../destination.ts';
import { already, loadedSince, mended, type Outcome } from '../outcome.ts';
import { refuseDifferencesAdded } from '../refuse-differences.ts';
import { StaleToken } from '../stale-token.ts';
import { readTableSums } from './commit.ts';
import { asWritten } from './json-of-files.ts';
import { LEDGER, lockTable, makeRoom, readStanding, writeEntry } from './ledger.ts';
import { takeOut } from './quarantine.ts';
import { type Find, rowsOf } from './transaction.ts';
import { writeLoad } from './write-load.ts';
import { copyParts, expectParts } from './write-rows.ts';

/** Adds mended rows to their table: they leave the quarantine in the transaction that writes table and ledger. */
export async function addMended(find: Find, request: MendedCommit): Promise<SeenLoad> {
  await makeRoom(find, request.extract.plan, request.context.signal);
  return await writeLoad(find, request, (client) => settle(client, request));
}

async function settle(client: PostgresClient, request: MendedCommit): Promise<Outcome> {
  const { extract, replay_of, verify, token, flow_run_id, context } = request;
  const { load_id, plan } = extract;
  // They are few: from here on nothing else is committed to the table.
  await lockTable(client, plan.target);
  const { mine, present, relation, highest } = await readStanding(client, load_id, plan, token);
  if (mine) return already(mine);
  if (present?.load_id !== replay_of || !relation) throw loadedSince(plan);
  if (token <= highest) throw new StaleToken(token, highest);
  await expectParts(extract, context);
  const judged = await asWritten(extract, verify, context);
  const left = await takeOut(client, plan, request);
  await copyParts(client, extract, quoteName(plan.target), { options: '', context });
  const { sums: now, fingerprint } = await readTableSums(client, judged, plan.target, verify);
  const { rows_read } = present;
  refuseDifferencesAdded(judged, { had: await sumsOfLoad(client, replay_of), now, rows_read, left });
  const done = mended(request, rows_read, now.rows, left);
  const { verified, notes } = done;
  await writeEntry(client, {
    ...{ token, flow_run_id, verify, verified, notes, sums: now, replay_of, fingerprint, table_oid: relation.oid },
    // The note stays with the plan, for what is mended next.
    extract: { ...extract, plan: { ...plan, notes: notes.slice(0, plan.notes.length + 1) }, rows_read, rows_quarantined: left },
  });
  return done;
}

async function sumsOfLoad(client: PostgresClient, load_id: string): Promise<TableSums> {
  const [row] = await rowsOf<{ sums: TableSums }>(client, `select sums from ${LEDGER} where load_id = $1`, [load_id]);
  return row?.sums ?? { rows: 0, columns: {}, checksum: null };
}
