import { DuckDBInstance } from '@duckdb/node-api';

/** Runs one statement in a DuckDB of its own. */
export async function withDuckdb(sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '256MB', threads: '2' });
  const connection = await instance.connect();
  try {
    await connection.run(sql);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The rows that `sampled` takes, in SQL. */
export const sampledSql = (row: string, share: number): string => `floor(${row} * ${share}::double) > floor((${row} - 1) * ${share}::double)`;
