import { SluiceError } from '@sluice/core/errors/sluice-error';
import { schemeOf } from '../names/source-kinds.ts';
import type { Destination } from './destination.ts';
import { duckdbDestination } from './duckdb/duckdb-destination.ts';

interface KindOfDestination {
  /** What stands before `://` in its URL. */
  readonly schemes: readonly string[];
  readonly open: (address: string) => Destination;
}

/** The destinations. A path is a file of DuckDB. */
const DESTINATIONS = {
  duckdb: { schemes: [], open: duckdbDestination },
} as const satisfies Record<string, KindOfDestination>;

const ALL: readonly KindOfDestination[] = Object.values(DESTINATIONS);

/** The destination at this address. */
export function destinationAt(address: string): Destination {
  const scheme = schemeOf(address);
  const { open } = scheme === undefined ? DESTINATIONS.duckdb : (ALL.find(({ schemes }) => schemes.includes(scheme)) ?? refused(scheme));
  return open(address);
}

function refused(scheme: string): never {
  const known = [...ALL.flatMap(({ schemes }) => schemes).map((each) => `${each}://`), 'the path of a DuckDB file'];
  throw new SluiceError('USAGE', `${scheme}://… is not a destination that Sluice can write.`, { hint: `Known: ${known.join(', ')}.` });
}
