import { createHash } from 'node:crypto';
import { concurrency, ensureConcurrencyLimit, type HeldSlots } from '@sluice/sdk';
import type { Destination } from '../destinations/destination.ts';
import { StaleToken } from '../destinations/stale-token.ts';

/**
 * Holds a destination for one writer: commits go in order, and each has a token higher than all before it. A server that is younger
 * than the destination counts from too low; that says so, and the lease is taken once more, above its highest.
 */
export async function withLease<T>({ place }: Pick<Destination, 'place'>, signal: AbortSignal, work: (token: number) => Promise<T>): Promise<T> {
  const name = `etl:warehouse:${createHash('sha256').update(place).digest('hex').slice(0, 16)}`;
  try {
    return await holding(name, signal, 0, work);
  } catch (error) {
    if (!(error instanceof StaleToken)) throw error;
    return await holding(name, signal, error.highest, work);
  }
}

async function holding<T>(name: string, signal: AbortSignal, tokenAbove: number, work: (token: number) => Promise<T>): Promise<T> {
  await using lease = await take(name, signal, tokenAbove);
  return await work(lease.token ?? 0);
}

/** Without a limit there is no token: it is made when it is missed, and not asked for at every commit. */
async function take(name: string, signal: AbortSignal, tokenAbove: number): Promise<HeldSlots> {
  const lease = await concurrency(name, 1, { signal, tokenAbove });
  if (lease.token !== undefined) return lease;
  await lease.release();
  await ensureConcurrencyLimit(name, 1);
  return await concurrency(name, 1, { signal, tokenAbove });
}
