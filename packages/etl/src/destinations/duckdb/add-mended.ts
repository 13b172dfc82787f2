import { fingerprint, methodFor } from '../../duckdb/fingerprint.ts';
import { duckdbType } from '../../duckdb/own-type.ts';
import { readParquet } from '../../duckdb/readers.ts';
import { duckdbSumsQuery, readDuckdbSums } from '../../duckdb/sums.ts';
import type { Extract, RefusedRow, TablePlan, TableSums } from '../../model.ts';
import { identifier } from '../../types/sql.ts';
import type { MendedCommit, SeenLoad } from '../destination.ts';
import { already, loadedSince, mended, type Outcome } from '../outcome.ts';
import { checkParts } from '../parts.ts';
import { qualify } from '../qualify.ts';
import { refuseDifferencesAdded } from '../refuse-differences.ts';
import { StaleToken } from '../stale-token.ts';
import { createLedger, LEDGER, QUARANTINE, readStanding, writeEntry } from './ledger.ts';
import { IDENTIFIED } from './quarantine.ts';
import type { Warehouse } from './warehouse.ts';
import { type FileWrite, writeLoad } from './write-load.ts';

/** Adds mended rows to their table: they leave the quarantine in the transaction that writes table and ledger. */
export const addMended = (request: MendedCommit & FileWrite): Promise<SeenLoad> => writeLoad(request, (warehouse) => settle(warehouse, request));

async function settle(warehouse: Warehouse, request: MendedCommit): Promise<Outcome> {
  const { extract, replay_of, verify, token, flow_run_id } = request;
  const { load_id, plan } = extract;
  await createLedger(warehouse);
  const { mine, present, highest } = await readStanding(warehouse, load_id, plan, token);
  if (mine) return already(mine);
  if (present?.load_id !== replay_of) throw loadedSince(plan);
  if (token <= highest) throw new StaleToken(token, highest);
  await checkParts(warehouse, extract);
  const left = await takeOut(warehouse, plan, request);
  const table = qualify(plan.target);
  await append(warehouse, table, extract);
  const now = await sumsNow(warehouse, table, request);
  const { rows_read } = present;
  refuseDifferencesAdded(extract, { had: await sumsOfLoad(warehouse, replay_of), now, rows_read, left });
  const done = mended(request, rows_read, now.rows, left);
  const { verified, notes } = done;
  await writeEntry(warehouse, {
    ...{ token, flow_run_id, verify, verified, notes, sums: now, replay_of },
    // The note stays with the plan, for what is mended next.
    extract: { ...extract, plan: { ...plan, notes: notes.slice(0, plan.notes.length + 1) }, rows_read, rows_quarantined: left },
    fingerprint: await fingerprint(warehouse, table, methodFor(now.rows, plan.columns.length)),
  });
  return done;
}

/** Rows that are loaded leave, others get the text and the reason of what was tried. Returns how many stay. */
async function takeOut(warehouse: Warehouse, { target: { schema, name }, table }: TablePlan, { kept, refused }: MendedCommit): Promise<number> {
  const rows = await warehouse.rows<{ id: string; place: number }>(
    `select id, place::double as place from ${IDENTIFIED} where schema_name = $schema and table_name = $name`,
    { schema, name },
  );
  const places = new Map(rows.map(({ id, place }) => [id, place]));
  const placeOf = (id: string): number => {
    const place = places.get(id);
    if (place === undefined) throw new Error(`row ${id} of ${table} is not in quarantine`);
    return place;
  };
  for (const row of refused) await note(warehouse, placeOf(row.id), row);
  const gone = JSON.stringify([...new Set(kept)].map(placeOf));
  await warehouse.run(`delete from ${QUARANTINE} where rowid in (select unnest($gone::json::bigint[]))`, { gone });
  return rows.length - kept.length;
}

const note = (warehouse: Warehouse, place: number, { raw, column, reason }: RefusedRow): Promise<void> =>
  warehouse.run(`update ${QUARANTINE} set mended = $raw, column_name = $column, reason = $reason where rowid = $place`, {
    ...{ raw, column, reason },
    place: BigInt(place),
  });

async function append(warehouse: Warehouse, table: string, { plan: { columns }, parts }: Extract): Promise<void> {
  if (parts.length === 0) return;
  const values = columns.map((column) => `${identifier(column.name)}::${duckdbType(column)} as ${identifier(column.name)}`);
  await warehouse.run(`insert into ${table} by name select ${values.join(', ')} from ${readParquet(parts.map(({ file }) => file))}`);
}

async function sumsNow(warehouse: Warehouse, table: string, { extract: { plan }, verify }: MendedCommit): Promise<TableSums> {
  const [row] = await warehouse.rows<{ sums: (string | null)[] }>(duckdbSumsQuery(plan, table, verify));
  return readDuckdbSums(plan, row?.sums ?? []);
}

async function sumsOfLoad(warehouse: Warehouse, load_id: string): Promise<TableSums> {
  const [row] = await warehouse.rows<{ sums: string }>(`select sums from ${LEDGER} where load_id = $load_id`, { load_id });
  return JSON.parse(row?.sums ?? '') as TableSums;
}
