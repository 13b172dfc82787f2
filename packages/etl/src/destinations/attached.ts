import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { type AskHints, ask, lockDown } from '../duckdb/ask.ts';
import type { Row } from './destination.ts';
import { toError } from './duckdb-faults.ts';

/** Values of `$name` in a statement. */
type Values = Readonly<Record<string, DuckDBValue>>;

/** What a person's query may do. */
interface Asking {
  readonly hints: AskHints;
  /** The files of the database itself, where it has others than the one that is attached. */
  readonly folders?: readonly string[];
}

/** A database that DuckDB has attached, as the catalog `warehouse`. */
export class Attached {
  readonly #connection: DuckDBConnection;
  readonly #asking: Asking;
  readonly #signal: AbortSignal | undefined;

  constructor(connection: DuckDBConnection, asking: Asking, signal?: AbortSignal) {
    this.#connection = connection;
    this.#asking = asking;
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

  async run(sql: string, values: Values = {}): Promise<void> {
    await this.rows(sql, values);
  }

  /** The answer to a person's query. Nothing else can be done with the connection afterwards. */
  async ask(sql: string): Promise<Row[]> {
    const { hints, folders } = this.#asking;
    await this.run('use warehouse');
    await lockDown(this.#connection, folders);
    this.#signal?.throwIfAborted();
    return ask(this.#connection, sql, hints).catch((error: unknown) => {
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
