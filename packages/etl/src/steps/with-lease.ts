import { createHash } from 'node:crypto';
import { concurrency, ensureConcurrencyLimit, type HeldSlots } from '@sluice/sdk';
import type { Destination } from '../destinations/destination.ts';
import { StaleToken } from '../destinations/stale-token.ts';

/**
 * Holds a destination for as many writers as it takes at once, and gives each a token higher than all before it: one of a file, where
 * commits go in order; where more write at once the ledger refuses a table that another has loaded with a higher one. A server that is younger
 * than the destination counts from too low; that says so, and the lease is taken once more, above its highest.
 */
export async function withLease<T>(
  { place, writers }: Pick<Destination, 'place' | 'writers'>,
  signal: AbortSignal,
  work: (token: number) => Promise<T>,
): Promise<T> {
  const name = `etl:warehouse:${createHash('sha256').update(place).digest('hex').slice(0, 16)}`;
  try {
    return await holding({ name, writers }, signal, 0, work);
  } catch (error) {
    if (!(error instanceof StaleToken)) throw error;
    return await holding({ name, writers }, signal, error.highest, work);
  }
}

interface Limit {
  readonly name: string;
  readonly writers: number;
}

async function holding<T>(limit: Limit, signal: AbortSignal, tokenAbove: number, work: (token: number) => Promise<T>): Promise<T> {
  await using lease = await take(limit, signal, tokenAbove);
  if (lease.token !== undefined) return await work(lease.token);
  // Prefect's own server counts no leases: the destination says what it has seen, and whoever holds its lease alone is the next.
  try {
    return await work(tokenAbove + 1);
  } catch (error) {
    if (!(error instanceof StaleToken)) throw error;
    return await work(error.highest + 1);
  }
}

/** Without a limit there is no token: it is made when it is missed, and not asked for at every commit. */
async function take({ name, writers }: Limit, signal: AbortSignal, tokenAbove: number): Promise<HeldSlots> {
  const lease = await concurrency(name, 1, { signal, tokenAbove });
  if (lease.token !== undefined) return lease;
  await lease.release();
  await ensureConcurrencyLimit(name, writers);
  return await concurrency(name, 1, { signal, tokenAbove });
}
