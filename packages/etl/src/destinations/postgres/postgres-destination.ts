import type { QualifiedName } from '../../names/qualified-name.ts';
import { addressesOf } from '../../postgres/address/addresses.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import type { Destination } from '../destination.ts';
import { refuseMoment } from '../refuse-moment.ts';
import { refusePassword } from '../refuse-password.ts';
import { unreachable } from '../unreachable.ts';
import { addMended } from './add-mended.ts';
import { commitLoad } from './commit.ts';
import { hasLedger } from './ledger.ts';
import { placeFault } from './place-fault.ts';
import { presentTables, publishWarehouse } from './publish.ts';
import { readMendable, readRows, readTables } from './quarantine.ts';
import { queryWarehouse } from './query.ts';
import { type Find, inTransaction } from './transaction.ts';
import { postgresType } from './types.ts';

/** More than ever load at once: each writes a table of its own, and the ledger decides where it is not. */
const WRITERS = 1000;

/** A database of PostgreSQL. Any number of machines load into it at once: data and ledger are written in one transaction of the server. */
export function postgresDestination(name: string, find: Find): Destination {
  const read = <T>(work: (client: PostgresClient) => Promise<T>, none: T, signal?: AbortSignal) =>
    inTransaction(find, { access: 'read', signal }, async (client) => ((await hasLedger(client)) ? await work(client) : none));
  return {
    place: name,
    writers: WRITERS,
    expectUsable: () => expectUrl(name),
    placeFault,
    typeOf: postgresType,
    present: (signal) => read(presentTables, [], signal),
    commit: (request) => commitLoad(find, request),
    publish: (context) => publishWarehouse(find, name, context),
    // All of a load is one transaction: what a killed process has begun the server has rolled back.
    tidy: async () => [],
    query: async (sql, { at } = {}) => {
      refuseMoment(at, 'A warehouse in PostgreSQL');
      return await queryWarehouse(find, sql);
    },
    quarantined: () => read(readTables, []),
    quarantine: (table: QualifiedName) => read((client) => readRows(client, table), []),
    mendable: (table) => read((client) => readMendable(client, table), undefined),
    addMended: (request) => addMended(find, request),
  };
}

/** It is a name in runs, which everybody may read: a password has no place in it. */
function expectUrl(name: string): void {
  refusePassword(name);
  try {
    addressesOf(name);
  } catch (error) {
    throw unreachable(error);
  }
}
