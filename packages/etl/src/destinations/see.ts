import { messageOf } from '@sluice/core/errors/sluice-error';
import type { QuarantineRow } from '@sluice/core/model/table-load';
import type { TableSums } from '../model.ts';
import type { QualifiedName } from '../names/qualified-name.ts';
import { identifier } from '../types/sql.ts';
import type { Attached } from './attached.ts';
import type { Seen, WriteRequest } from './destination.ts';
import type { Outcome } from './outcome.ts';
import { qualify } from './qualify.ts';
import { SEEN } from './seen-limits.ts';

/** Which rows of a quarantine are read, and how much of them. */
export interface ReadRows {
  /** At most so many. */
  readonly limit?: number | undefined;
  /** So many characters of each text. */
  readonly cut?: number | undefined;
}

/** Where a destination keeps what it knows of its loads. */
interface Kept<D> {
  readonly ledger: string;
  readonly readRows: (database: D, target: QualifiedName, options: ReadRows) => Promise<QuarantineRow[]>;
}

/** What stands in the table of a load. That is committed: that it cannot be looked at stops nothing. */
export async function seeLoad<D extends Attached>(database: D, kept: Kept<D>, done: Outcome, request: WriteRequest): Promise<Seen | undefined> {
  if (done.outcome === 'superseded') return undefined;
  const { extract, context } = request;
  try {
    return await seeTable(database, kept, done, request);
  } catch (error) {
    context.signal.throwIfAborted();
    context.log.warn('the table cannot be shown', { table: extract.plan.table, error: messageOf(error) });
    return undefined;
  }
}

/** Sums, first rows and quarantine, as the load has left them. */
async function seeTable<D extends Attached>(
  database: D,
  { ledger, readRows }: Kept<D>,
  { load_id, rows_quarantined }: Outcome,
  { extract: { plan }, preview_rows: limit = 0 }: WriteRequest,
): Promise<Seen> {
  const [entry] = await database.rows<{ sums: string; committed: string }>(
    `select sums, strftime(committed_at, '%Y-%m-%dT%H:%M:%S.%fZ') as committed from ${ledger} where load_id = $load_id`,
    { load_id },
  );
  const columns = plan.columns.slice(0, SEEN.columns).map(({ name }) => name);
  const values = columns.map((name) => `left(${identifier(name)}::varchar, ${SEEN.value})`);
  const rows =
    limit === 0
      ? []
      : await database.rows<{ row: (string | null)[] }>(`select [${values.join(', ')}] as row from ${qualify(plan.target)} limit ${limit}`);
  return {
    committed: entry?.committed ?? new Date().toISOString(),
    sums: JSON.parse(entry?.sums ?? '{"rows":0,"columns":{},"checksum":null}') as TableSums,
    preview: { columns, rows: rows.map(({ row }) => row) },
    quarantine: limit === 0 || rows_quarantined === 0 ? [] : await readRows(database, plan.target, { limit: 2 * limit, cut: SEEN.raw }),
  };
}
