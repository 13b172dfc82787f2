import { SluiceError } from '@sluice/core/errors/sluice-error';
import { findWarehouse } from '../locations.ts';
import { schemeOf } from '../names/source-kinds.ts';
import type { Destination } from './destination.ts';
import { duckdbDestination } from './duckdb/duckdb-destination.ts';
import { ducklakeDestination } from './ducklake/ducklake-destination.ts';
import { postgresDestination } from './postgres/postgres-destination.ts';

interface KindOfDestination {
  /** What stands before `://` in its URL. */
  readonly schemes: readonly string[];
  /** `find` says where it is, with its password, which is known on this machine and stands in no run. */
  readonly open: (address: string, find: () => Promise<string>) => Destination;
}

/** The destinations. A path is a file of DuckDB. */
const DESTINATIONS = {
  duckdb: { schemes: [], open: duckdbDestination },
  postgres: { schemes: ['postgres', 'postgresql'], open: postgresDestination },
  ducklake: { schemes: ['ducklake:postgres', 'ducklake:postgresql'], open: ducklakeDestination },
} as const satisfies Record<string, KindOfDestination>;

const ALL: readonly KindOfDestination[] = Object.values(DESTINATIONS);

/** The destination at this address. A URL is looked up by its own name, as that of a source is: in the environment, and in the home's `sources.json`. */
export function destinationAt(address: string, home?: string): Destination {
  const scheme = schemeOf(address);
  const { open } = scheme === undefined ? DESTINATIONS.duckdb : (ALL.find(({ schemes }) => schemes.includes(scheme)) ?? refused(scheme));
  return open(address, async () => (home === undefined ? address : await findWarehouse(home, address)));
}

function refused(scheme: string): never {
  const known = [...ALL.flatMap(({ schemes }) => schemes).map((each) => `${each}://`), 'the path of a DuckDB file'];
  throw new SluiceError('USAGE', `${scheme}://… is not a destination that Sluice can write.`, { hint: `Known: ${known.join(', ')}.` });
}
