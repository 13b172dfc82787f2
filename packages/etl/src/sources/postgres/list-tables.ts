import { pickTables } from '../../names/pick-tables.ts';
import { formatName } from '../../names/qualified-name.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import { sourceError } from '../../postgres/source-error.ts';
import { inTransaction } from '../../postgres/transaction.ts';
import type { SourceTables } from '../source.ts';
import { readRelations } from './relations.ts';

/** Every table of the database, or those that `only` names: which this user may read, and which not, with the reason. */
export async function listPostgresTables(client: PostgresClient, { only }: { only?: string | undefined } = {}): Promise<SourceTables> {
  const all = await inTransaction(client, () => readRelations(client)).catch((error: unknown) => Promise.reject(sourceError(error, client)));
  const picked = (only === undefined ? all : pickTables(all, only)).map((relation) => ({ ...relation, table: formatName(relation) }));
  return {
    tables: picked.flatMap(({ table, hindrance }) => (hindrance === null ? [table] : [])),
    unreadable: picked.flatMap(({ table, hindrance }) => (hindrance === null ? [] : [{ table, reason: `${table} cannot be read: ${hindrance}.` }])),
  };
}
