import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { ask, lockDown } from '../../duckdb/ask.ts';
import type { Row } from '../destination.ts';
import { toError } from '../duckdb-faults.ts';

/** Values of `$name` in a statement. */
export type Values = Readonly<Record<string, DuckDBValue>>;

const HINTS = {
  change: 'To change the warehouse, open its file with DuckDB while no load runs.',
  join: 'To join it with a file, open the warehouse with DuckDB.',
};

/** A warehouse that is open, as the catalog `warehouse`. */
export class Warehouse {
  readonly #connection: DuckDBConnection;
  readonly #signal: AbortSignal | undefined;

  constructor(connection: DuckDBConnection, signal?: AbortSignal) {
    this.#connection = connection;
    this.#signal = signal;
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

  /** The answer to a person's query. Nothing else can be done with the connection afterwards. */
  async ask(sql: string): Promise<Row[]> {
    await this.run('use warehouse');
    await lockDown(this.#connection);
    this.#signal?.throwIfAborted();
    return ask(this.#connection, sql, HINTS).catch((error: unknown) => {
      throw toError(error);
    });
  }

  async run(sql: string, values: Values = {}): Promise<void> {
    await this.rows(sql, values);
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
