import type { Load, TablePlan, TableSums } from '../../model.ts';
import { quoteName } from '../../names/qualified-name.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import { identifier } from '../../types/sql.ts';
import type { Seen } from '../destination.ts';
import { SEEN } from '../seen-limits.ts';
import { LEDGER } from './ledger.ts';
import { readRows } from './quarantine.ts';
import { rowsOf } from './transaction.ts';

/** Sums, first rows and quarantine of a table as the load with this id has left it. */
export async function seeTable(
  client: PostgresClient,
  plan: TablePlan,
  { load_id, rows_quarantined }: Pick<Load, 'load_id' | 'rows_quarantined'>,
  limit: number,
): Promise<Seen> {
  const [entry] = await rowsOf<{ sums: TableSums; committed: string }>(
    client,
    `select sums, to_char(committed_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as committed from ${LEDGER} where load_id = $1`,
    [load_id],
  );
  const columns = plan.columns.slice(0, SEEN.columns).map(({ name }) => name);
  const values = columns.map((name) => `left(${identifier(name)}::text, ${SEEN.value})`);
  const rows =
    limit === 0
      ? []
      : await rowsOf<{ row: (string | null)[] }>(client, `select array[${values.join(', ')}] as row from ${quoteName(plan.target)} limit ${limit}`);
  return {
    committed: entry?.committed ?? new Date().toISOString(),
    sums: entry?.sums ?? { rows: 0, columns: {}, checksum: null },
    preview: { columns, rows: rows.map(({ row }) => row) },
    quarantine: limit === 0 || rows_quarantined === 0 ? [] : await readRows(client, plan.target, { limit: 2 * limit, cut: SEEN.raw }),
  };
}
