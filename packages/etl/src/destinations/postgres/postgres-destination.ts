import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { QualifiedName } from '../../names/qualified-name.ts';
import { addressesOf } from '../../postgres/address/addresses.ts';
import { readLibpqUrl } from '../../postgres/address/libpq-url.ts';
import type { PostgresClient } from '../../postgres/connect.ts';
import type { Destination } from '../destination.ts';
import { addMended } from './add-mended.ts';
import { commitLoad } from './commit.ts';
import { unreachable } from './errors.ts';
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
    query: (sql) => queryWarehouse(find, sql),
    quarantined: () => read(readTables, []),
    quarantine: (table: QualifiedName) => read((client) => readRows(client, table), []),
    mendable: (table) => read((client) => readMendable(client, table), undefined),
    addMended: (request) => addMended(find, request),
  };
}

/** It is a name in runs, which everybody may read: a password has no place in it. */
function expectUrl(name: string): void {
  const url = readLibpqUrl(name);
  if (url?.password !== undefined) {
    throw new SluiceError('USAGE', 'The URL of the warehouse holds a password, which everybody could read in the run.', {
      hint: 'Leave it out: it is taken from PGPASSWORD, from ~/.pgpass, or from the place that is noted for this URL.',
      lasting: true,
    });
  }
  try {
    addressesOf(name);
  } catch (error) {
    throw unreachable(error);
  }
}
