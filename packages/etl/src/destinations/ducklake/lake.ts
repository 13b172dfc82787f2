import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { ask, lockDown } from '../../duckdb/ask.ts';
import { identifier } from '../../types/sql.ts';
import type { Row } from '../destination.ts';
import { toError } from '../duckdb-faults.ts';

/** Values of `$name` in a statement. */
export type Values = Readonly<Record<string, DuckDBValue>>;

const HINTS = {
  change: 'To change the lake, attach it with DuckDB.',
  join: 'To join it with a file, attach the lake with DuckDB.',
};

/** A lake that is attached, as the catalog `warehouse`. */
export class Lake {
  /** Where its files are. */
  readonly dataPath: string;
  readonly #connection: DuckDBConnection;
  readonly #schema: string;
  readonly #signal: AbortSignal | undefined;

  constructor(connection: DuckDBConnection, facts: { readonly dataPath: string; readonly schema: string }, signal?: AbortSignal) {
    this.#connection = connection;
    this.dataPath = facts.dataPath;
    this.#schema = facts.schema;
    this.#signal = signal;
  }

  /** A table of the catalog itself. */
  catalog(table: string): string {
    return `__ducklake_metadata_warehouse.${identifier(this.#schema)}.ducklake_${table}`;
  }

  /** Rows as plain JSON; numbers that a double cannot hold are texts. */
  async rows<R = Row>(sql: string, values: Values = {}): Promise<R[]> {
    // An interrupt between two statements stops neither of them.
    this.#signal?.throwIfAborted();
    try {
      const reader = await this.#connection.runAndReadAll(sql, { ...values });
      return reader.getRowObjectsJson() as R[];
    } catch (error) {
      throw toError(error);
    }
  }

  async run(sql: string, values: Values = {}): Promise<void> {
    await this.rows(sql, values);
  }

  /** The answer to a person's query. Nothing else can be done with the connection afterwards. */
  async ask(sql: string): Promise<Row[]> {
    await this.run('use warehouse');
    await lockDown(this.#connection, [this.dataPath]);
    this.#signal?.throwIfAborted();
    return ask(this.#connection, sql, HINTS).catch((error: unknown) => {
      throw toError(error);
    });
  }

  /** All of it, or none. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.run('begin');
    try {
      const result = await work();
      await this.run('commit');
      return result;
    } catch (error) {
      // DuckDB may have rolled back already; what matters is why.
      await this.#connection.run('rollback').catch(() => {});
      throw error;
    }
  }
}

/** A table of the lake: in three parts, so that a schema that is called like a catalog is never mistaken for it. */
export const qualify = ({ schema, name }: { readonly schema: string; readonly name: string }): string =>
  `warehouse.${identifier(schema)}.${identifier(name)}`;
