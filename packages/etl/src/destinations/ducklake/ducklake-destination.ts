import { readLakeAddress } from '../../names/lake-address.ts';
import type { QualifiedName } from '../../names/qualified-name.ts';
import { addressesOf } from '../../postgres/address/addresses.ts';
import type { Destination } from '../destination.ts';
import { refusePassword } from '../refuse-password.ts';
import { unreachable } from '../unreachable.ts';
import { addMended } from './add-mended.ts';
import { commitLoad } from './commit.ts';
import { isNotThere } from './errors.ts';
import type { Lake } from './lake.ts';
import { hasLedger } from './ledger.ts';
import { openLake } from './open-lake.ts';
import { placeFault } from './place-fault.ts';
import { presentTables } from './present.ts';
import { publishLake } from './publish.ts';
import { readMendable, readRows, readTables } from './quarantine.ts';
import { queryLake } from './query.ts';
import { tidyLake } from './tidy.ts';
import { lakeType } from './types.ts';

/** More than ever load at once: each writes files of its own, and the catalog decides where two have the same table. */
const WRITERS = 1000;

/** A lake of DuckLake. Any number of machines load into it at once: files, data and ledger are one snapshot of it. */
export function ducklakeDestination(name: string, find: () => Promise<string>): Destination {
  const place = { name, find };
  const read = async <T>(work: (lake: Lake) => Promise<T>, none: T, signal?: AbortSignal): Promise<T> => {
    try {
      return await openLake(place, { access: 'read', signal }, async (lake) => ((await hasLedger(lake)) ? await work(lake) : none));
    } catch (error) {
      if (isNotThere(error)) return none;
      throw error;
    }
  };
  return {
    place: name,
    writers: WRITERS,
    expectUsable: () => expectUrl(name),
    placeFault,
    typeOf: lakeType,
    present: (signal) => read(presentTables, [], signal),
    commit: (request) => commitLoad(place, request),
    publish: (context) => publishLake(place, context),
    tidy: (context) => tidyLake(place, context),
    query: (sql, { at } = {}) => queryLake(place, sql, at),
    quarantined: () => read(readTables, []),
    quarantine: (table: QualifiedName) => read((lake) => readRows(lake, table), []),
    mendable: (table) => read((lake) => readMendable(lake, table), undefined),
    addMended: (request) => addMended(place, request),
  };
}

/** It is a name in runs, which everybody may read: a password has no place in it. */
function expectUrl(name: string): void {
  const { catalog } = readLakeAddress(name);
  refusePassword(catalog);
  try {
    addressesOf(catalog);
  } catch (error) {
    throw unreachable(error);
  }
}
