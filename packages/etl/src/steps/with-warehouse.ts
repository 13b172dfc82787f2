import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { concurrency, ensureConcurrencyLimit, type HeldSlots } from '@sluice/sdk';
import { StaleToken } from '../destinations/stale-token.ts';

/**
 * Holds the warehouse for one writer: commits go in order, and each has a token higher than all before it. A server that is younger
 * than the warehouse counts from too low; the warehouse says so, and the lease is taken once more, above its highest.
 */
export async function withWarehouse<T>(warehouse: string, signal: AbortSignal, work: (token: number) => Promise<T>): Promise<T> {
  const name = `etl:warehouse:${createHash('sha256').update(resolve(warehouse)).digest('hex').slice(0, 16)}`;
  try {
    return await withLease(name, signal, 0, work);
  } catch (error) {
    if (!(error instanceof StaleToken)) throw error;
    return await withLease(name, signal, error.highest, work);
  }
}

async function withLease<T>(name: string, signal: AbortSignal, tokenAbove: number, work: (token: number) => Promise<T>): Promise<T> {
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
