import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../../types/sql.ts';
import { Attached } from '../attached.ts';

const HINTS = {
  change: 'To change the lake, attach it with DuckDB.',
  join: 'To join it with a file, attach the lake with DuckDB.',
};

/** A lake that is attached. */
export class Lake extends Attached {
  /** Where its files are. */
  readonly dataPath: string;
  readonly #schema: string;

  constructor(connection: DuckDBConnection, { dataPath, schema }: { readonly dataPath: string; readonly schema: string }, signal?: AbortSignal) {
    super(connection, { hints: HINTS, folders: [dataPath] }, signal);
    this.dataPath = dataPath;
    this.#schema = schema;
  }

  /** A table of the catalog itself. */
  catalog(table: string): string {
    return `__ducklake_metadata_warehouse.${identifier(this.#schema)}.ducklake_${table}`;
  }
}
