import { vi } from 'vitest';

/** Looks again until the check passes: for what no subscription tells. The time is for a busy machine, not part of what is tested. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 15_000, interval: 20 });
