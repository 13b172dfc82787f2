import type { DuckDBConnection } from '@duckdb/node-api';
import { Attached } from '../attached.ts';

const HINTS = {
  change: 'To change the warehouse, open its file with DuckDB while no load runs.',
  join: 'To join it with a file, open the warehouse with DuckDB.',
};

/** A warehouse that is open. */
export class Warehouse extends Attached {
  constructor(connection: DuckDBConnection, signal?: AbortSignal) {
    super(connection, { hints: HINTS }, signal);
  }
}
