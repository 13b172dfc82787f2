import type { QuarantineRow } from '@sluice/core/model/table-load';
import type { QualifiedName } from '../../names/qualified-name.ts';
import type { Mendable, QuarantinedTable, Row } from '../destination.ts';
import type { LedgerRow } from '../ledger-row.ts';
import { qualify } from '../qualify.ts';
import { LEDGER_COLUMNS, LEDGER_ROWS } from './ledger.ts';
import { openWarehouse } from './open.ts';
import { readMendable, readRows, readTables } from './quarantine.ts';
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
export const readQuarantine = (file: string, table: QualifiedName, options: ReadOptions = {}): Promise<QuarantineRow[]> =>
  read(file, options, async (warehouse) => ((await hasLedger(warehouse)) ? readRows(warehouse, table) : []));

/** What has to be known by who mends rows of a table. */
export const mendableOf = (file: string, table: QualifiedName, options: ReadOptions = {}): Promise<Mendable | undefined> =>
  read(file, options, async (warehouse) => ((await hasLedger(warehouse)) ? readMendable(warehouse, table) : undefined));

/** Tables with bad rows. */
export const listQuarantine = (file: string, options: ReadOptions = {}): Promise<QuarantinedTable[]> =>
  read(file, options, async (warehouse) => ((await hasLedger(warehouse)) ? readTables(warehouse) : []));

/** A file that a person made, or that no load has reached yet, has none. */
export async function hasLedger(warehouse: Warehouse): Promise<boolean> {
  const rows = await warehouse.rows(`from duckdb_schemas() where database_name = 'warehouse' and schema_name = '_sluice'`);
  return rows.length > 0;
}
