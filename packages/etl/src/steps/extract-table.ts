import { expectSettings, type RunContext } from '@sluice/sdk';
import { loadId, noteLoad, PIPELINE } from '../home.ts';
import type { Extract, VerifyLevel } from '../model.ts';
import { openSource } from '../sources/table.ts';
import { type Packed, pack, unpack } from './packed.ts';
import { type PlannedTable, planTable } from './plan-table.ts';
import { reclaimHere } from './reclaim.ts';

/** A table whose rows are in parts on this machine. */
export interface ExtractedTable {
  readonly table: string;
  readonly rows: number;
  readonly extract: Packed<Extract>;
  readonly verify: VerifyLevel;
  readonly warehouse: string;
  readonly overwrite?: boolean | undefined;
}

/** Reads a planned table into parts. The body of a task; `again` makes another task run of it, when the parts of the first are of no use. */
export async function extractTable(planned: PlannedTable & { readonly again?: number }, context: RunContext): Promise<ExtractedTable> {
  const { request, verify, warehouse, overwrite, snapshot, lane } = planned;
  const plan = unpack(planned.plan);
  const { home } = expectSettings();
  const source = await openSource(home, plan.source);
  const { flow_run_id, attempt } = context.run;
  const load_id = loadId(PIPELINE, plan.table, flow_run_id, attempt);
  await reclaimHere(context);
  await noteLoad(home, { load_id, table: plan.table, flow_run_id });
  const extract = await source.extract({
    ...{ plan, load_id, home, verify, lane, context },
    snapshot: snapshot === undefined ? undefined : { job: snapshot },
    planAnew: async () => unpack((await planTable(request, context)).plan),
  });
  context.log.info('extracted', { table: plan.table, rows: extract.rows_read, quarantined: extract.rows_quarantined, parts: extract.parts.length });
  return { table: plan.table, rows: extract.rows_read, extract: pack(extract), verify, warehouse, overwrite };
}
