import { expectSettings, type RunContext } from '@sluice/sdk';
import { loadId, noteLoad } from '../home.ts';
import type { Extract, TablePlan, VerifyLevel } from '../model.ts';
import { extractFile } from '../sources/files/extract-file.ts';
import { FileChanged } from '../sources/files/file-identity.ts';
import { findSource } from '../sources/locations.ts';
import { extractPostgresTable } from '../sources/postgres/extract-table.ts';
import { type Packed, pack, unpack } from './packed.ts';
import { type PlannedTable, planTable } from './plan-table.ts';

/** A table whose rows are in parts on this machine. */
export interface ExtractedTable {
  readonly table: string;
  readonly rows: number;
  readonly extract: Packed<Extract>;
  readonly verify: VerifyLevel;
  readonly warehouse: string;
  readonly overwrite?: boolean | undefined;
}

const PIPELINE = 'process-table-etl';

/** Reads a planned table into parts. The body of a task; `again` makes another task run of it, when the parts of the first are of no use. */
export async function extractTable(planned: PlannedTable & { readonly again?: number }, context: RunContext): Promise<ExtractedTable> {
  const { verify, warehouse, overwrite, snapshot } = planned;
  const plan = unpack(planned.plan);
  const { home } = expectSettings();
  const location = await findSource(home, plan.source);
  const load_id = loadId(PIPELINE, plan.table, context.run.flow_run_id);
  await noteLoad(home, { load_id, table: plan.table, flow_run_id: context.run.flow_run_id });
  const common = { plan, load_id, home, verify, context };
  const extract =
    location.kind === 'postgres'
      ? await extractPostgresTable({ ...common, url: location.url, snapshot: snapshot === undefined ? undefined : { job: snapshot } })
      : await readPlanned(planned, context, (now) => extractFile({ ...common, plan: now, folder: location.folder }));
  context.log.info('extracted', { table: plan.table, rows: extract.rows_read, quarantined: extract.rows_quarantined, parts: extract.parts.length });
  return { table: plan.table, rows: extract.rows_read, extract: pack(extract), verify, warehouse, overwrite };
}

/** A file that is written to all the time can be planned for ever. */
const PLANS = 3;

/** Reads a file by its plan, and by a new one where it is not what was planned any more; the notes of that one say so. */
async function readPlanned(
  { plan: packed, request }: PlannedTable,
  context: RunContext,
  read: (plan: TablePlan) => Promise<Extract>,
): Promise<Extract> {
  let current = unpack(packed);
  for (let plans = 1; ; plans++) {
    try {
      return await read(current);
    } catch (error) {
      if (!(error instanceof FileChanged) || plans === PLANS) throw error;
      context.log.warn('planned anew', { table: current.table, file: error.file });
      const anew = unpack((await planTable(request, context)).plan);
      current = { ...anew, notes: [...anew.notes, `${error.file} had changed since it was planned: it was planned anew.`] };
    }
  }
}
