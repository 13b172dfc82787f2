import type { TableSums } from '../../model.ts';
import type { MendedCommit, SeenLoad } from '../destination.ts';
import { already, loadedSince, mended, type Outcome } from '../outcome.ts';
import { checkParts } from '../parts.ts';
import { refuseDifferencesAdded } from '../refuse-differences.ts';
import { StaleToken } from '../stale-token.ts';
import type { Lake } from './lake.ts';
import { LEDGER, readStanding, writeEntry, writeHead } from './ledger.ts';
import type { Place } from './open-lake.ts';
import { takeOut } from './quarantine.ts';
import { fingerprintOf, sumsOf } from './sums.ts';
import { writeLoad } from './write-load.ts';
import { appendRows } from './write-table.ts';

/** Adds mended rows to their table: they leave the quarantine in the transaction that writes table, head and ledger. */
export const addMended = (place: Place, request: MendedCommit): Promise<SeenLoad> => writeLoad(place, request, (lake) => settle(lake, request));

async function settle(lake: Lake, request: MendedCommit): Promise<Outcome> {
  const { extract, replay_of, verify, token, flow_run_id } = request;
  const { load_id, plan } = extract;
  const { mine, present, there, highest } = await readStanding(lake, load_id, plan, token);
  if (mine) return already(mine);
  if (present?.load_id !== replay_of || !there) throw loadedSince(plan);
  if (token <= highest) throw new StaleToken(token, highest);
  await checkParts(lake, extract);
  const left = await takeOut(lake, plan, request);
  await appendRows(lake, extract);
  const now = await sumsOf(lake, plan, verify);
  const { rows_read } = present;
  refuseDifferencesAdded(extract, { had: await sumsOfLoad(lake, replay_of), now, rows_read, left });
  const done = mended(request, rows_read, now.rows, left);
  const { verified, notes } = done;
  await writeHead(lake, plan.target, load_id, there.made ?? undefined);
  await writeEntry(lake, {
    ...{ token, flow_run_id, verify, verified, notes, sums: now, replay_of },
    // The note stays with the plan, for what is mended next.
    extract: { ...extract, plan: { ...plan, notes: notes.slice(0, plan.notes.length + 1) }, rows_read, rows_quarantined: left },
    fingerprint: await fingerprintOf(lake, plan, now.rows),
  });
  return done;
}

async function sumsOfLoad(lake: Lake, load_id: string): Promise<TableSums> {
  const [row] = await lake.rows<{ sums: string }>(`select sums from ${LEDGER} where load_id = $load_id`, { load_id });
  return JSON.parse(row?.sums ?? '') as TableSums;
}
