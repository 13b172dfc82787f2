import type { PostgresClient } from '../../postgres/connect.ts';
import { withSession } from '../../postgres/session.ts';
import { begin } from '../../postgres/transaction.ts';
import { unreachable } from '../unreachable.ts';
import { warehouseError } from './errors.ts';

/** Finds the URL of a warehouse, with its password: it is known on this machine, and stands in no run. */
export type Find = () => Promise<string>;

export interface TransactionOptions {
  readonly access: 'read' | 'write';
  readonly signal?: AbortSignal | undefined;
  /** The table that is meant, in what is told of a fault. */
  readonly table?: string | undefined;
}

/** When the host of a load is gone its session ends within a minute and a half, and what it held is free. */
const KEEP_ALIVE = 'set local tcp_keepalives_idle = 30; set local tcp_keepalives_interval = 10; set local tcp_keepalives_count = 6';

/** Does its work in one transaction on the server of the warehouse: all of it, or none. */
export async function inTransaction<T>(find: Find, options: TransactionOptions, work: (client: PostgresClient) => Promise<T>): Promise<T> {
  const { access, signal = new AbortController().signal, table = null } = options;
  try {
    return await withSession(await find(), signal, async (client) => {
      try {
        await begin(client, { access });
        if (access === 'write') await client.query(KEEP_ALIVE);
        const result = await work(client);
        await client.query(access === 'write' ? 'commit' : 'rollback');
        return result;
      } catch (error) {
        await client.query('rollback').catch(() => {});
        throw warehouseError(error, client, table);
      }
    });
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(error);
  }
}

/** Rows of a statement. */
export async function rowsOf<R extends object>(client: PostgresClient, sql: string, values: readonly unknown[] = []): Promise<R[]> {
  const { rows } = await client.query<R>(sql, [...values]);
  return rows;
}
