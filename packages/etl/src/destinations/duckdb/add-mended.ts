import { SluiceError } from '@sluice/core/errors/sluice-error';
import { duckdbType } from '../../duckdb/own-type.ts';
import { readParquet } from '../../duckdb/readers.ts';
import { duckdbSumsQuery, readDuckdbSums } from '../../duckdb/sums.ts';
import type { Extract, RefusedRow, TablePlan, TableSums } from '../../model.ts';
import { formatName } from '../../names/qualified-name.ts';
import { identifier } from '../../types/sql.ts';
import { describeDifferences } from '../../verify/compare.ts';
import { compareAdded } from '../../verify/compare-added.ts';
import { quarantineFault } from '../../verify/quarantine-share.ts';
import type { MendedCommit, SeenLoad } from '../destination.ts';
import { StaleToken } from '../stale-token.ts';
import { fingerprint, methodFor } from './fingerprint.ts';
import { createLedger, LEDGER, QUARANTINE, readStanding, writeEntry } from './ledger.ts';
import { checkParts } from './parts.ts';
import { qualify } from './qualify.ts';
import { IDENTIFIED } from './quarantine.ts';
import type { Warehouse } from './warehouse.ts';
import { already, type FileWrite, type Outcome, writeLoad } from './write-load.ts';

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
  const sums = await sumsOfAll(warehouse, table, request);
  const { rows_read } = present;
  if (sums.rows + left !== rows_read)
    throw unverified(plan, `of ${rows_read} rows that were read ${sums.rows} are in the table and ${left} in quarantine`);
  const fault = quarantineFault({ rows_read, rows_quarantined: left, plan });
  const mended = { ...plan, notes: [...plan.notes, noteOn(extract.rows_read)] };
  const notes = fault === null ? mended.notes : [...mended.notes, fault];
  const verified = fault === null;
  await writeEntry(warehouse, {
    ...{ token, flow_run_id, verify, verified, notes, sums, replay_of },
    extract: { ...extract, plan: mended, rows_read, rows_quarantined: left },
    fingerprint: await fingerprint(warehouse, table, methodFor(sums.rows, plan.columns.length)),
  });
  return { load_id, rows_read, rows_loaded: sums.rows, rows_quarantined: left, verify, verified, notes, replay_of, outcome: 'committed' };
}

const noteOn = (rows: number): string => `${rows} ${rows === 1 ? 'row was' : 'rows were'} mended in quarantine and loaded.`;

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

/** Sums of the table as it is now, refused where they are not those of the rows that it had and those that were added. */
async function sumsOfAll(
  warehouse: Warehouse,
  table: string,
  { extract: { plan, sums: added }, replay_of, verify }: MendedCommit,
): Promise<TableSums> {
  const [row] = await warehouse.rows<{ sums: (string | null)[] }>(duckdbSumsQuery(plan, table, verify));
  const now = readDuckdbSums(plan, row?.sums ?? []);
  const differences = compareAdded(await sumsOfLoad(warehouse, replay_of), added, now);
  if (differences.length > 0) throw unverified(plan, describeDifferences(differences));
  return now;
}

async function sumsOfLoad(warehouse: Warehouse, load_id: string): Promise<TableSums> {
  const [row] = await warehouse.rows<{ sums: string }>(`select sums from ${LEDGER} where load_id = $load_id`, { load_id });
  return JSON.parse(row?.sums ?? '') as TableSums;
}

const unverified = ({ target }: TablePlan, why: string) =>
  new SluiceError('TABLE_UNVERIFIED', `With the mended rows ${formatName(target)} is not what it was and these rows: ${why}.`, {
    hint: 'The warehouse is as it was before. Somebody may have changed the table: load it again from its source.',
    lasting: true,
  });

const loadedSince = ({ target }: TablePlan) =>
  new SluiceError('CONFLICT', `${formatName(target)} was loaded again since its quarantine was looked at.`, {
    hint: `Look at it again: sluice quarantine show ${formatName(target)}`,
    lasting: true,
  });
