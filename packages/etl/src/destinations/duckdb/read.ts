import { BAD_ROW_FACTS, listed } from '../../stage/bad-rows.ts';
import type { Row } from '../destination.ts';
import { LEDGER_COLUMNS, LEDGER_ROWS, type LedgerRow, QUARANTINE } from './ledger.ts';
import { openWarehouse } from './open.ts';
import { qualify } from './qualify.ts';
import type { Warehouse } from './warehouse.ts';

export interface ReadOptions {
  /** How long a load that is being committed is waited for. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface WarehouseTable {
  readonly schema: string;
  readonly name: string;
  readonly rows: number;
}

export interface QuarantinedRow {
  readonly load_id: string;
  readonly chunk: number | null;
  readonly line: string | null;
  readonly column_name: string | null;
  readonly reason: string | null;
  readonly raw: string | null;
  readonly at: string | null;
}

/** A commit of 3 M rows takes about a second; a reader that has waited for several of them is told to try again. */
const WAIT_MS = 10_000;

const read = <T>(file: string, options: ReadOptions, work: (warehouse: Warehouse) => Promise<T>): Promise<T> =>
  openWarehouse({ waitMs: WAIT_MS, ...options, file, access: 'read' }, work);

/** What a person's query answers, as plain JSON: it reads, and can do nothing else. The file is open for the time of the query only, as nobody can write while it is. */
export const queryWarehouse = (file: string, sql: string, options: ReadOptions = {}): Promise<Row[]> =>
  read(file, options, (warehouse) => warehouse.ask(sql));

/** The tables of a warehouse and how many rows are in each, without its ledger. */
export const listWarehouse = (file: string, options: ReadOptions = {}): Promise<WarehouseTable[]> => read(file, options, listTables);

export async function listTables(warehouse: Warehouse): Promise<WarehouseTable[]> {
  const tables = await warehouse.rows<{ schema: string; name: string }>(
    `select schema_name as schema, table_name as name from duckdb_tables()
     where database_name = 'warehouse' and schema_name <> '_sluice' order by 1, 2`,
  );
  return Promise.all(tables.map(async (table) => ({ ...table, rows: await countRows(warehouse, qualify(table)) })));
}

async function countRows(warehouse: Warehouse, table: string): Promise<number> {
  const [row] = await warehouse.rows<{ rows: number }>(`select count(*)::double as rows from ${table}`);
  return row?.rows ?? 0;
}

/** Every load that was committed, the latest first. */
export const readLedger = (file: string, options: ReadOptions = {}): Promise<LedgerRow[]> =>
  read(file, options, async (warehouse) =>
    (await hasLedger(warehouse)) ? warehouse.rows(`select ${LEDGER_COLUMNS} from ${LEDGER_ROWS} order by committed_at desc`) : [],
  );

/** Bad rows of the load that stands in a table. */
export const readQuarantine = (file: string, { schema, name }: { readonly schema: string; readonly name: string }, options: ReadOptions = {}) =>
  read<QuarantinedRow[]>(file, options, async (warehouse) =>
    (await hasLedger(warehouse))
      ? warehouse.rows(
          `select load_id, ${listed(BAD_ROW_FACTS)} from ${QUARANTINE}
           where schema_name = $schema and table_name = $name order by chunk, line`,
          { schema, name },
        )
      : [],
  );

/** A file that a person made, or that no load has reached yet, has none. */
export async function hasLedger(warehouse: Warehouse): Promise<boolean> {
  const rows = await warehouse.rows(`from duckdb_schemas() where database_name = 'warehouse' and schema_name = '_sluice'`);
  return rows.length > 0;
}
