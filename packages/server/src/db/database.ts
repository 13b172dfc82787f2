import type { ISql, Sql as Pool, Fragment as PostgresFragment, TransactionSql } from 'postgres';
import { postgres } from './driver.ts';

/** A connection, a transaction, or the pool: whatever can run a statement. */
export type Sql = ISql;
export type Fragment = PostgresFragment;

export interface Database {
  readonly sql: Pool;
  /** Runs `work` in one transaction, and nothing of it is there when it throws. */
  transaction<T>(work: (sql: TransactionSql) => Promise<T>): Promise<T>;
  /** The same without a round trip for its `begin`, which goes with the first statements. They must only read: a `begin` that fails stops the next ones. */
  transactionAtOnce<T>(work: (sql: TransactionSql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The driver's own pause grows to 20 s, and the failures of all connections of a pool count together: one crash is enough for that. */
const RECONNECT_SECONDS = 0.05;

/**
 * For a connection that only looks rows up by their keys: each statement is planned once, and for tables of any size. Planned each
 * time, a small transaction takes twice as long; planned while the tables are empty, it would read whole tables ever after.
 */
export const PLANNED_ONCE = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
};

/**
 * Has a statement planned for its values whenever it runs. A statement that is prepared is planned for any values once it has run five times, and
 * a tag that a third of all runs have is then looked for as one that a few have. It costs a round trip and the planning.
 */
export function plannedForItsValues<Q extends object>(statement: Q): Q {
  // The driver's option for one statement, which its types do not name.
  (statement as { options?: { prepare?: boolean } }).options = { ...(statement as { options?: object }).options, prepare: false };
  return statement;
}

/**
 * Opens a pool. Instants and JSON are built into text by SQL, so the driver parses no types: `fetch_types` would cost a round
 * trip a connection, and a Date would lose the microseconds.
 */
export function openDatabase(url: string, { max = 12, settings = {} }: { max?: number; settings?: Readonly<Record<string, string>> } = {}): Database {
  const sql = postgres(url, {
    max,
    fetch_types: false,
    idle_timeout: 0,
    connect_timeout: 5,
    backoff: () => RECONNECT_SECONDS,
    max_lifetime: null,
    onnotice: () => {},
    connection: {
      application_name: 'sluice',
      TimeZone: 'UTC',
      DateStyle: 'ISO',
      // Pages are in memory or on an SSD: the default is a spinning disk's, and makes whole tables be read and sorted instead.
      random_page_cost: 1.1,
      statement_timeout: 60_000,
      idle_in_transaction_session_timeout: 60_000,
      ...settings,
    },
    types: { instant: { to: 1184, from: [1184], serialize: (value: string) => value, parse: (value: string) => value } },
  });
  return {
    sql,
    transaction: (work) => sql.begin(work) as Promise<never>,
    transactionAtOnce: (work) => sql.begin('at once', work) as Promise<never>,
    close: () => sql.end({ timeout: 5 }),
  };
}
