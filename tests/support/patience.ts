/*
 * How slow this machine is now, against a quiet one. It is measured once before the first test, and every limit of a test is
 * stretched by it: a test never fails because the machine has other work.
 */

/** The setting that fixes it. `tests/support/test-run.ts` measures it when it is not set, and hands it to every test by this name. */
export const PATIENCE = 'SLUICE_TEST_PATIENCE';

/** 1 on a quiet machine, 4 on one that takes four times as long. */
export const patience = (): number => Number(process.env[PATIENCE] ?? 1);

/** A limit of so many seconds on a quiet machine, in milliseconds of this one. */
export const seconds = (count: number): number => Math.ceil(count * 1000 * patience());

/** The same for a setting of the product, as text in seconds: a lease that ends while its holder waits for the processor would be another test. */
export const stretched = (count: number): string => String(count * patience());
