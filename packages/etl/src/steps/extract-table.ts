import { expectSettings, type RunContext } from '@sluice/sdk';
import { loadId, noteLoad } from '../home.ts';
import type { Extract, VerifyLevel } from '../model.ts';
import { extractFile } from '../sources/files/extract-file.ts';
import { findSource } from '../sources/locations.ts';
import { extractPostgresTable } from '../sources/postgres/extract-table.ts';
import type { PlannedTable } from './plan-table.ts';
import { withoutAnotherTry } from './without-another-try.ts';

/** A table whose rows are in parts on this machine. */
export interface ExtractedTable {
  readonly extract: Extract;
  readonly verify: VerifyLevel;
  readonly warehouse: string;
  readonly overwrite?: boolean | undefined;
}

const PIPELINE = 'process-table-etl';

/** Reads a planned table into parts. The body of a task; `again` makes another task run of it, when the parts of the first are of no use. */
export async function extractTable(
  { plan, verify, warehouse, overwrite }: PlannedTable & { readonly again?: number },
  context: RunContext,
): Promise<ExtractedTable> {
  const { home } = expectSettings();
  const location = await findSource(home, plan.source);
  const load_id = loadId(PIPELINE, plan.table, context.run.flow_run_id);
  await noteLoad(home, { load_id, table: plan.table, flow_run_id: context.run.flow_run_id });
  const common = { plan, load_id, home, verify, context };
  const extract =
    location.kind === 'postgres'
      ? await withoutAnotherTry(() => extractPostgresTable({ ...common, url: location.url }))
      : await extractFile({ ...common, folder: location.folder });
  context.log.info('extracted', { table: plan.table, rows: extract.rows_read, quarantined: extract.rows_quarantined, parts: extract.parts.length });
  return { extract, verify, warehouse, overwrite };
}
