import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { TablePlan } from '../../model.ts';
import { formatName } from '../../names/qualified-name.ts';
import type { CommitRequest, SeenLoad } from '../destination.ts';
import { already, committed, type Outcome, refuseOtherSource, superseded } from '../outcome.ts';
import { checkParts } from '../parts.ts';
import { refuseDifferences } from '../refuse-differences.ts';
import { StaleToken } from '../stale-token.ts';
import type { Lake } from './lake.ts';
import { readStanding, type Standing, writeEntry, writeHead } from './ledger.ts';
import type { Place } from './open-lake.ts';
import { placeFault } from './place-fault.ts';
import { writeQuarantine } from './quarantine.ts';
import { fingerprintOf, sumsOf } from './sums.ts';
import { textNotes } from './types.ts';
import { writeLoad } from './write-load.ts';
import { writeTable } from './write-table.ts';

/**
 * Puts a table that was read into parts into the lake, exactly once: files, bad rows, head and ledger in one transaction of the lake, with
 * the verification inside it. Loads of other tables wait for nothing of it, whatever machine they are on; of two loads of one table the
 * second finds the first when it ends, and is done again. A process that is killed leaves files that no catalog knows, and nothing else.
 */
export async function commitLoad(place: Place, request: CommitRequest): Promise<SeenLoad> {
  const { plan } = request.extract;
  const fault = placeFault(plan.table, plan.target);
  if (fault !== null) throw new SluiceError('CONFLICT', fault, { hint: 'Load it into another schema (--into), or rename what is named.' });
  return await writeLoad(place, request, (lake) => settle(lake, request));
}

async function settle(lake: Lake, request: CommitRequest): Promise<Outcome> {
  const { extract, verify, token, flow_run_id } = request;
  const { plan, load_id } = extract;
  const early = decide(await readStanding(lake, load_id, plan, token), request);
  if (early) return early;
  await checkParts(lake, extract);
  await writeTable(lake, extract);
  await writeQuarantine(lake, extract);
  const sums = await sumsOf(lake, plan, verify);
  refuseDifferences(extract, sums);
  const done = committed(request, sums.rows);
  const notes = [...done.notes, ...textNotes(plan)];
  await writeHead(lake, plan.target, load_id);
  await writeEntry(lake, {
    ...{ extract, token, flow_run_id, verify, verified: done.verified, notes, sums },
    fingerprint: await fingerprintOf(lake, plan, sums.rows),
  });
  return { ...done, notes };
}

/** What the ledger says of a load: that there is nothing to do, or that it must not be; undefined where it may go on. */
function decide({ mine, later, present, there, schema, highest }: Standing, request: CommitRequest): Outcome | undefined {
  const { extract, overwrite, token } = request;
  const { plan } = extract;
  if (mine) return already(mine);
  if (present && !overwrite) refuseOtherSource(plan, present);
  if (later) return superseded(request, later);
  if (schema !== undefined) throw sameSchema(plan, schema);
  if (there && !present) refuseStranger(plan, there, overwrite);
  if (token <= highest) throw new StaleToken(token, highest);
  return undefined;
}

/** What stands there and was not put there by a load: a table is replaced when that is asked, anything else never. */
function refuseStranger({ table, target }: TablePlan, { kind, schema, name }: NonNullable<Standing['there']>, overwrite: boolean | undefined): void {
  const isSameName = schema === target.schema && name === target.name;
  if (kind === 'table' && isSameName && overwrite) return;
  const what = isSameName
    ? kind === 'table'
      ? 'a table that no load of Sluice has made'
      : 'a view'
    : `"${schema}.${name}", which is not a load of this table`;
  throw new SluiceError('CONFLICT', `${table} cannot be loaded as ${formatName(target)}: in the lake that is ${what}. Nothing was replaced.`, {
    hint:
      kind === 'table' && isSameName
        ? 'Load it into another schema with --into SCHEMA, or replace what is there with --overwrite.'
        : 'DuckDB ignores case in names. Load it into another schema with --into SCHEMA.',
    lasting: true,
  });
}

/** The table would go into that one, and be looked for in this. */
const sameSchema = ({ table, target }: TablePlan, schema: string) =>
  new SluiceError('CONFLICT', `${table} cannot be loaded as ${formatName(target)}: the lake has a schema "${schema}" already.`, {
    hint: 'DuckDB ignores case in names. Load it into another schema with --into SCHEMA.',
    lasting: true,
  });
