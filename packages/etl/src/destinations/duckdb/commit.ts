import { SluiceError } from '@sluice/core/errors/sluice-error';
import { fingerprint, methodFor } from '../../duckdb/fingerprint.ts';
import type { TablePlan } from '../../model.ts';
import { formatName } from '../../names/qualified-name.ts';
import type { CommitRequest, SeenLoad } from '../destination.ts';
import { already, committed, type Outcome, refuseOtherSource, superseded } from '../outcome.ts';
import { checkParts } from '../parts.ts';
import { qualify } from '../qualify.ts';
import { StaleToken } from '../stale-token.ts';
import { createLedger, readStanding, writeEntry } from './ledger.ts';
import { placeFault } from './place-fault.ts';
import { verifiedSums } from './verified-sums.ts';
import type { Warehouse } from './warehouse.ts';
import { type FileWrite, writeLoad } from './write-load.ts';
import { writeQuarantine, writeTable } from './write-table.ts';

export type FileCommit = CommitRequest & FileWrite;

/**
 * Puts a table that was read into parts into the warehouse, exactly once: table, bad rows and ledger in one transaction, with the
 * verification inside it, so that a table which does not hold what the source held is never seen. Killed at any moment it leaves
 * the old table or the new one; done again it finds in the ledger whether there is anything left to do.
 */
export async function commitLoad(request: FileCommit): Promise<SeenLoad> {
  return await writeLoad(request, (warehouse) => settle(warehouse, request));
}

async function settle(warehouse: Warehouse, request: FileCommit): Promise<Outcome> {
  const { load_id, plan } = request.extract;
  const fault = placeFault(plan.table, plan.target);
  if (fault !== null) throw new SluiceError('CONFLICT', fault, { hint: 'Load it into another schema (--into), or remove what is there.' });
  await createLedger(warehouse);
  const { mine, later, present, stranger, schema, highest } = await readStanding(warehouse, load_id, plan, request.token);
  if (mine) return already(mine);
  if (present && !request.overwrite) refuseOtherSource(plan, present);
  if (later) return superseded(request, later);
  if (schema !== undefined) throw sameSchema(plan, schema);
  if (stranger !== undefined) throw taken(plan, `"${stranger}", which is not a load of this table`);
  if (request.token <= highest) throw new StaleToken(request.token, highest);
  return await load(warehouse, request);
}

async function load(warehouse: Warehouse, { extract, verify, token, flow_run_id }: FileCommit): Promise<Outcome> {
  const { plan } = extract;
  await checkParts(warehouse, extract);
  await writeTable(warehouse, extract);
  await writeQuarantine(warehouse, extract);
  const table = qualify(plan.target);
  const sums = await verifiedSums(warehouse, table, extract, verify);
  const done = committed({ extract, verify }, sums.rows);
  const { verified, notes } = done;
  const made = await fingerprint(warehouse, table, methodFor(sums.rows, plan.columns.length));
  await writeEntry(warehouse, { extract, token, flow_run_id, verify, verified, notes, sums, fingerprint: made });
  return done;
}

const taken = ({ table, target }: TablePlan, by: string) =>
  new SluiceError('CONFLICT', `${table} cannot be loaded as "${target.schema}.${target.name}": in the warehouse that is ${by}.`, {
    hint: 'DuckDB ignores case in names. Give the table another name in the list, or drop or rename what is there.',
  });

/** The table would go into that one, and be looked for in this. */
const sameSchema = ({ table, target }: TablePlan, schema: string) =>
  new SluiceError('CONFLICT', `${table} cannot be loaded as ${formatName(target)}: the warehouse has a schema "${schema}" already.`, {
    hint: 'DuckDB ignores case in names. Load it into another schema with --into SCHEMA, or into another file with --warehouse FILE.',
  });
