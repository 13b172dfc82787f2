import type { QuarantineRow } from '@sluice/core/model/table-load';
import type { TablePlan, VerifyLevel } from '../../model.ts';
import { formatName, type QualifiedName } from '../../names/qualified-name.ts';
import { BAD_ROW_FACTS } from '../../stage/bad-rows.ts';
import type { Mendable, QuarantinedTable } from '../destination.ts';
import type { ReadRows } from '../see.ts';
import { LEDGER_ROWS, QUARANTINE } from './ledger.ts';
import type { Warehouse } from './warehouse.ts';

/** The quarantine as every release has written it: what an older one lacks is null. */
const ROWS = `(select null::varchar as mended, null::bigint as place where false union all by name select *, rowid as place from ${QUARANTINE})`;

const FACTS = BAD_ROW_FACTS.map(([name]) => name).join(', ');

/**
 * Rows of the quarantine, each with an id that it keeps until it leaves: it is made of what the source had, so that a new reason
 * changes nothing. Rows that are equal in all of that are told apart by a number.
 */
export const IDENTIFIED = `(
  select load_id, schema_name, table_name, ${FACTS}, mended, place,
    left(md5(row(load_id, chunk, line, raw)::varchar), 12)
      || case row_number() over same when 1 then '' else '-' || row_number() over same end as id
  from ${ROWS} window same as (partition by load_id, schema_name, table_name, chunk, line, raw order by place))`;

/** Rows of a table in quarantine, in the order of the source. */
export const readRows = (warehouse: Warehouse, { schema, name }: QualifiedName, { limit, cut }: ReadRows = {}): Promise<QuarantineRow[]> => {
  const shown = (column: string) => (cut === undefined ? column : `left(${column}, ${cut})`);
  return warehouse.rows(
    `select id, load_id, line::double as line, column_name as "column", ${shown('reason')} as reason, ${shown('raw')} as raw, length(raw)::double as raw_length,
       ${shown('mended')} as mended
     from ${IDENTIFIED} where schema_name = $schema and table_name = $name order by chunk, line, id ${limit === undefined ? '' : `limit ${limit}`}`,
    { schema, name },
  );
};

interface Found extends QualifiedName {
  readonly load_id: string;
  readonly rows: number;
  readonly reason: string | null;
}

/** Tables that have rows in quarantine, by their names, each with the reason that most of them have. */
export async function readTables(warehouse: Warehouse): Promise<QuarantinedTable[]> {
  const found = await warehouse.rows<Found>(
    `select schema_name as schema, table_name as name, min(load_id) as load_id, count(*)::double as rows, mode(reason) as reason
     from ${ROWS} group by schema_name, table_name order by 1, 2`,
  );
  return found.map(({ schema, name, ...facts }) => ({ table: formatName({ schema, name }), ...facts }));
}

/** What has to be known of a table by who mends its rows. */
export async function readMendable(warehouse: Warehouse, { schema, name }: QualifiedName): Promise<Mendable | undefined> {
  const rows = await warehouse.rows<{ id: string; reason: string | null }>(
    `select id, reason from ${IDENTIFIED} where schema_name = $schema and table_name = $name`,
    { schema, name },
  );
  const [load] = await warehouse.rows<{ load_id: string; verify: VerifyLevel; plan: string | null }>(
    `select load_id, verify, plan from ${LEDGER_ROWS} where schema_name = $schema and table_name = $name order by committed_at desc limit 1`,
    { schema, name },
  );
  if (!load || rows.length === 0) return undefined;
  const plan = load.plan === null ? null : (JSON.parse(load.plan) as TablePlan);
  return { ...load, plan, reasons: new Map(rows.map(({ id, reason }) => [id, reason])) };
}
