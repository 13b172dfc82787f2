import type { Load, TablePlan, TableSums } from '../../model.ts';
import { identifier } from '../../types/sql.ts';
import type { Seen } from '../destination.ts';
import { SEEN } from '../seen-limits.ts';
import { type Lake, qualify } from './lake.ts';
import { LEDGER } from './ledger.ts';
import { readRows } from './quarantine.ts';

/** Sums, first rows and quarantine of a table as the load with this id has left it. */
export async function seeTable(
  lake: Lake,
  plan: TablePlan,
  { load_id, rows_quarantined }: Pick<Load, 'load_id' | 'rows_quarantined'>,
  limit: number,
): Promise<Seen> {
  const [entry] = await lake.rows<{ sums: string; committed: string }>(
    `select sums, strftime(committed_at, '%Y-%m-%dT%H:%M:%S.%fZ') as committed from ${LEDGER} where load_id = $load_id`,
    { load_id },
  );
  const columns = plan.columns.slice(0, SEEN.columns).map(({ name }) => name);
  const values = columns.map((name) => `left(${identifier(name)}::varchar, ${SEEN.value})`);
  const rows =
    limit === 0
      ? []
      : await lake.rows<{ row: (string | null)[] }>(`select [${values.join(', ')}] as row from ${qualify(plan.target)} limit ${limit}`);
  return {
    committed: entry?.committed ?? new Date().toISOString(),
    sums: JSON.parse(entry?.sums ?? '{"rows":0,"columns":{},"checksum":null}') as TableSums,
    preview: { columns, rows: rows.map(({ row }) => row) },
    quarantine: limit === 0 || rows_quarantined === 0 ? [] : await readRows(lake, plan.target, { limit: 2 * limit, cut: SEEN.raw }),
  };
}
